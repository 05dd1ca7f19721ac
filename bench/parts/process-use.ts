export interface ProcessUse {
  /** After a collection. */
  rssBytes: number;
  heapBytes: number;
  /** CPU time so far, user and system. */
  cpuMs: number;
}

/** What this process takes of the machine now. */
export function processUse(): ProcessUse {
  globalThis.gc?.();
  globalThis.gc?.();
  return now();
}

/** What it cannot do without: V8 has given back the pages that it keeps in reserve, as it does where memory is short. */
export function processNeed(): ProcessUse {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  return processUse();
}

function now(): ProcessUse {
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return { rssBytes: rss, heapBytes: heapUsed, cpuMs: (user + system) / 1_000 };
}
