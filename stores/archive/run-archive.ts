/**
 * The archive of ended runs. Whatever is written is written whole and again with the same result; the index comes last,
 * so that a run without one is not archived yet.
 *
 *   runs/<run's folder>/histories/<run id>    gzip of Temporal's History, its payloads as they were stored
 *                      /blobs/<ref>           as the blob store has it, encrypted or not
 *                      /payloads/<sha-256>    as the payload store has it
 *                      /index.json            (see archived-run.ts)
 *   ended/<newest first>-<owner>-<blueprint>.<run's folder>     empty: the list, filtered by its keys alone
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { BatonError } from '../../protocol/errors.ts';
import { archiveIndexesKept, archiveIndexKeptMs, archiveScannedKeys } from '../../protocol/limits.ts';
import { folderName } from '../blobs/folder-name.ts';
import { damaged, decodeIndex, digestOf, encodeIndex, type ArchivedFile, type ArchivedRun } from './archived-run.ts';
import type { ObjectStore } from './object-store.ts';

export type StoredKind = 'blobs' | 'payloads';

export interface ArchiveFilter {
  owner?: string | undefined;
  blueprint?: string | undefined;
}

const latestMs = 9_999_999_999_999;
const inflate = promisify(gunzip);
const deflate = promisify(gzip);

export class RunArchive {
  private readonly objects: ObjectStore;
  private readonly known = new LRUCache<string, { index: ArchivedRun | null }>({
    max: archiveIndexesKept,
    ttl: archiveIndexKeptMs,
  });

  constructor(objects: ObjectStore) {
    this.objects = objects;
  }

  /** null: it is not archived. What was written by another process shows within 10 s. Errors: archive_damaged, archive_down. */
  async find(run: string): Promise<ArchivedRun | null> {
    const known = this.known.get(run);
    if (known) return known.index;
    return await this.findNow(run);
  }

  /** As it is at this moment. */
  async findNow(run: string): Promise<ArchivedRun | null> {
    const bytes = await this.objects.get(indexKey(folderName(run)));
    const index = bytes === null ? null : decodeIndex(run, bytes);
    this.known.set(run, { index });
    return index;
  }

  /** The History of an execution that the index names, as its protobuf. */
  async history(index: ArchivedRun, runId: string): Promise<Uint8Array> {
    const file = index.executions.find((execution) => execution.runId === runId)?.history;
    const key = historyKey(folderName(index.run), runId);
    return await inflate(await this.checked(index.run, key, file, `the history of its execution ${runId}`));
  }

  async putHistory(run: string, runId: string, history: Uint8Array): Promise<ArchivedFile> {
    return await this.putWhole(historyKey(folderName(run), runId), await deflate(history));
  }

  async putStored(run: string, kind: StoredKind, name: string, bytes: Uint8Array): Promise<ArchivedFile> {
    return await this.putWhole(`runs/${folderName(run)}/${kind}/${name}`, bytes);
  }

  /** A blob as the blob store had it; null where the run had none of that ref. */
  async blob(run: string, ref: string): Promise<Uint8Array | null> {
    const file = (await this.find(run))?.blobs[ref];
    return file ? await this.checked(run, `runs/${folderName(run)}/blobs/${ref}`, file, `blob ${ref}`) : null;
  }

  /** A payload as the payload store had it, by its digest; null where there is none. */
  async payload(folder: string, sha256: string): Promise<Uint8Array | null> {
    const bytes = await this.objects.get(`runs/${folder}/payloads/${sha256}`);
    if (bytes !== null && digestOf(bytes) !== sha256) throw damaged(folder, `payload ${sha256}`);
    return bytes;
  }

  /** The run counts as archived from now on. */
  async seal(index: ArchivedRun): Promise<void> {
    const before = await this.findNow(index.run);
    await this.objects.put(listKey(index), new Uint8Array());
    await this.objects.put(indexKey(folderName(index.run)), encodeIndex(index));
    if (before && listKey(before) !== listKey(index)) await this.objects.remove(listKey(before));
    this.known.set(index.run, { index });
  }

  /** The run that ended last comes first. `cursor`: of the page before. */
  async list(
    filter: ArchiveFilter,
    { cursor, limit }: { cursor?: string | undefined; limit: number },
  ): Promise<{ items: ArchivedRun[]; nextCursor: string | null }> {
    const items: ArchivedRun[] = [];
    let after = cursor === undefined ? undefined : `ended/${cursor}`;
    for (let scanned = 0; scanned < archiveScannedKeys;) {
      const lot = 1_000;
      const keys = await this.objects.list('ended/', { limit: lot, ...(after === undefined ? {} : { after }) });
      for (const key of keys) {
        after = key;
        const index = fits(key, filter) ? await this.entry(key) : null;
        if (index) items.push(index);
        if (items.length === limit) return { items, nextCursor: after.slice('ended/'.length) };
      }
      if (keys.length < lot) return { items, nextCursor: null };
      scanned += keys.length;
    }
    return { items, nextCursor: after?.slice('ended/'.length) ?? null };
  }

  /** For good: the run was never archived. False where it was not. */
  async remove(run: string): Promise<boolean> {
    const folder = folderName(run);
    const bytes = await this.objects.get(indexKey(folder));
    // First what it is found by: whoever is cut off here may do it again.
    const index = bytes === null ? null : decodedOrNull(run, bytes);
    if (index) await this.objects.remove(listKey(index));
    let isThere = bytes !== null;
    for (;;) {
      const keys = await this.objects.list(`runs/${folder}/`, { limit: 1_000 });
      if (keys.length === 0) break;
      isThere = true;
      for (const key of keys) await this.objects.remove(key);
    }
    this.known.delete(run);
    return isThere;
  }

  private async putWhole(key: string, bytes: Uint8Array): Promise<ArchivedFile> {
    await this.objects.put(key, bytes);
    return { bytes: bytes.byteLength, sha256: digestOf(bytes) };
  }

  private async checked(run: string, key: string, file: ArchivedFile | undefined, what: string): Promise<Uint8Array> {
    const bytes = await this.objects.get(key);
    if (bytes === null || file === undefined || digestOf(bytes) !== file.sha256) throw damaged(run, what);
    return bytes;
  }

  /** Of a key of the list; null where the run has ended once more since, which another key tells. */
  private async entry(key: string): Promise<ArchivedRun | null> {
    const folder = key.slice(key.lastIndexOf('.') + 1);
    const bytes = await this.objects.get(indexKey(folder));
    const index = bytes === null ? null : decodeIndex(folder, bytes);
    return index && listKey(index) === key ? index : null;
  }
}

/** A damaged one can be deleted all the same; a key of the list without an index is passed over. */
function decodedOrNull(run: string, bytes: Uint8Array): ArchivedRun | null {
  try {
    return decodeIndex(run, bytes);
  } catch (error) {
    if (error instanceof BatonError && error.code === 'archive_damaged') return null;
    throw error;
  }
}

function indexKey(folder: string): string {
  return `runs/${folder}/index.json`;
}

function historyKey(folder: string, runId: string): string {
  return `runs/${folder}/histories/${runId}`;
}

function listKey({ run, owner, blueprint, endedAt }: ArchivedRun): string {
  const age = String(latestMs - Date.parse(endedAt)).padStart(13, '0');
  return `ended/${age}-${shortHash(owner ?? '')}-${shortHash(blueprint)}.${folderName(run)}`;
}

function fits(key: string, { owner, blueprint }: ArchiveFilter): boolean {
  const [, ownerHash, blueprintHash] = key.slice('ended/'.length, key.lastIndexOf('.')).split('-');
  return (
    (owner === undefined || ownerHash === shortHash(owner)) &&
    (blueprint === undefined || blueprintHash === shortHash(blueprint))
  );
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
