/**
 * What was deleted for good leaves the file, too. Its rows go at once, and their place is written over; its words stay in
 * the full-text index until that is merged, which rewrites the whole of it: so once, when no more is being deleted.
 */
import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { knowledgeEraseMs } from '../../protocol/limits.ts';
import { knowledgeFile, openKnowledge } from './knowledge.ts';

const waiting = new Map<string, NodeJS.Timeout>();

/** After a deletion; `onFault`: the next one does it. In between others have their turn. */
export function eraseDeleted(dataDir: string, onFault: (error: unknown) => void): void {
  erase(dataDir, false).then((purged) => {
    if (purged) mergeLater(dataDir, onFault);
  }, onFault);
}

function mergeLater(dataDir: string, onFault: (error: unknown) => void): void {
  const file = knowledgeFile(dataDir);
  clearTimeout(waiting.get(file));
  const timer = setTimeout(() => {
    waiting.delete(file);
    // The folder may be gone, and would be made anew.
    if (existsSync(file)) erase(dataDir, true).catch(onFault);
  }, knowledgeEraseMs);
  waiting.set(file, timer.unref());
}

/** Whether there was something to purge. */
async function erase(dataDir: string, merges: boolean): Promise<boolean> {
  const knowledge = openKnowledge(dataDir);
  let purged = false;
  try {
    for (; knowledge.purge(); await setImmediate()) purged = true;
    if (!merges) return purged;
    for (let first = true; knowledge.mergeIndex({ first }); first = false) await setImmediate();
    return purged;
  } finally {
    knowledge.close();
  }
}
