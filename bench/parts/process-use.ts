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
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return { rssBytes: rss, heapBytes: heapUsed, cpuMs: (user + system) / 1_000 };
}
