/** The knowledge store behind the surface: what readers and deleters need, with changes that any process makes told. */
import { knowledgeLookMs } from '../../protocol/limits.ts';
import type { Log } from '../../runtime/log.ts';
import { openKnowledge } from '../../stores/knowledge/knowledge.ts';
import { purgeKnowledge } from '../../stores/knowledge/purge.ts';
import type { KnowledgePort } from '../engine.ts';

/** Nothing is asked while nobody watches. */
export function knowledgePort(dataDir: string, log: Log): KnowledgePort & { close(): void } {
  const knowledge = openKnowledge(dataDir);
  const closing = new AbortController();
  const watchers = new Set<() => void>();
  let looking: NodeJS.Timeout | null = null;
  let known = 0;

  const look = () => {
    try {
      const changes = knowledge.changes();
      if (changes === known) return;
      known = changes;
    } catch (error) {
      log.warn({ err: error }, 'the knowledge store could not be read');
      return;
    }
    for (const changed of watchers) tell(changed);
  };
  /** What one of them makes of it is nothing to the others. */
  const tell = (changed: () => void) => {
    try {
      changed();
    } catch (error) {
      log.error({ err: error }, 'a change of the knowledge store could not be told to one who watches it');
    }
  };
  const unlook = () => {
    if (looking) clearInterval(looking);
    looking = null;
  };
  const purge = () =>
    purgeKnowledge(knowledge, closing.signal).catch((error: unknown) => {
      if (!closing.signal.aborted)
        log.warn({ err: error }, 'what was deleted could not be purged; the next crawl will');
    });

  return {
    search: ({ q, limit, ...filter }) => knowledge.search(q, limit, filter),
    sources: (filter) => knowledge.sources(filter),
    remove: (sourceId, filter) => {
      const isRemoved = knowledge.deleteSource(sourceId, filter);
      if (isRemoved) void purge();
      if (isRemoved && looking) look();
      return isRemoved;
    },
    watch: (changed) => {
      if (!looking) {
        known = knowledge.changes();
        looking = setInterval(look, knowledgeLookMs);
      }
      watchers.add(changed);
      return {
        [Symbol.dispose]: () => {
          watchers.delete(changed);
          if (watchers.size === 0) unlook();
        },
      };
    },
    close: () => {
      closing.abort();
      unlook();
      knowledge.close();
    },
  };
}
