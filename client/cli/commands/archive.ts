/** archive: runs that are kept beyond Temporal's retention. */
import type { Command } from 'commander';
import type { ArchivedRunView } from '../../types.ts';
import { parseCount } from '../arguments.ts';
import { tableLines, type Column } from '../render/table.ts';
import { ago, byteSize } from '../render/text.ts';
import { paintStatus } from '../render/theme.ts';
import type { Session } from '../session.ts';

interface ArchiveFlags {
  blueprint?: string;
  owner?: string;
  limit: string;
  cursor?: string;
  all?: true;
  json?: true;
}

export function addArchive(program: Command, session: Session): void {
  program
    .command('archive')
    .summary('list archived runs')
    .description('List archived runs, the one that ended last first. They are read as any other: show, logs, export.')
    .option('-b, --blueprint <name>')
    .option('-o, --owner <name>')
    .option('-n, --limit <count>', 'at most this many', '20')
    .option('--cursor <cursor>', 'go on where the last page ended')
    .option('-a, --all', 'all of them, page by page')
    .option('--json', 'one run a line, as JSON')
    .action((flags: ArchiveFlags) => listArchive(session, flags));
}

async function listArchive(session: Session, flags: ArchiveFlags): Promise<void> {
  const { blueprint, owner, cursor, all, json } = flags;
  const filter = { ...(blueprint !== undefined && { blueprint }), ...(owner !== undefined && { owner }) };
  const runs: ArchivedRunView[] = [];
  const take = (run: ArchivedRunView) => {
    if (json) session.printJson(run);
    else runs.push(run);
  };
  let more: string | null = null;
  if (all) for await (const run of session.client.archive(filter)) take(run);
  else {
    const limit = parseCount(flags.limit, '--limit', 1);
    const page = await session.client.archivePage({ ...filter, limit, ...(cursor !== undefined && { cursor }) });
    page.items.forEach(take);
    more = page.nextCursor;
  }
  if (!json) printArchived(session, runs);
  if (more !== null) session.note(`more: --cursor ${more}`);
}

function printArchived(session: Session, runs: readonly ArchivedRunView[]): void {
  if (runs.length === 0) {
    session.note('nothing is archived');
    return;
  }
  const columns: Column<ArchivedRunView>[] = [
    { title: 'RUN', cell: ({ id }) => id, whole: true },
    { title: 'BLUEPRINT', cell: ({ blueprint }) => blueprint, yields: 3 },
    {
      title: 'STATUS',
      cell: ({ status }) => status,
      paint: (text, { status }) => paintStatus(session.theme, status, text),
    },
    { title: 'ENDED', cell: ({ endedAt }) => ago(endedAt), yields: 1 },
    { title: 'EVENTS', cell: ({ firstSeq, lastSeq }) => `${firstSeq}–${lastSeq}`, yields: 4 },
    { title: 'SIZE', cell: ({ bytes }) => byteSize(bytes), yields: 5 },
    { title: 'OWNER', cell: ({ owner }) => owner ?? '', yields: 2 },
  ];
  session.print(...tableLines(runs, columns, session.columns, session.theme));
}
