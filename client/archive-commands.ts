/** What is archived of runs that have ended. They are read as any other run. */
import { ActCommands } from './act-commands.ts';
import { expectObject, type CallOptions } from './http.ts';
import type { ArchivedRunView } from './types.ts';

export interface ArchiveFilter extends CallOptions {
  owner?: string;
  blueprint?: string;
}

export class ArchiveCommands extends ActCommands {
  /** Every archived run that the token may see, the one that ended last first. Errors: not_found (there is no archive). */
  async *archive(filter: ArchiveFilter = {}): AsyncGenerator<ArchivedRunView, void, undefined> {
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await this.archivePage({ ...filter, ...(cursor !== undefined && { cursor }) });
      yield* page.items;
      cursor = page.nextCursor;
    }
  }

  /** One page, which may be shorter than `limit`. */
  async archivePage({ signal, ...query }: ArchiveFilter & { cursor?: string; limit?: number } = {}): Promise<{
    items: ArchivedRunView[];
    nextCursor: string | null;
  }> {
    const { body } = await this.http.json('v1/archive', { query, repeatable: true, ...(signal && { signal }) });
    return expectObject(body) as unknown as { items: ArchivedRunView[]; nextCursor: string | null };
  }
}
