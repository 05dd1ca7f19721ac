/** What a page shows when, seen from inside of it: rows as they are painted, frames, and what it keeps in memory. */
import type { Page } from './browser.ts';

export interface Painted {
  /** The newest row in sight. */
  seq: number;
  /** By the clock of the machine, after the frame was painted. */
  atMs: number;
}

interface Probe {
  painted: Painted[];
  newest: number;
  frames: number[];
}

/** In the page: from its first moment on. */
const probe = `(() => {
  const probe = { painted: [], frames: [], newest: 0 };
  globalThis.batonProbe = probe;
  const afterPaint = (tell) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = tell;
    requestAnimationFrame(() => port2.postMessage(null));
  };
  // Rows stand in the order of the log: the last ones may still be below the edge.
  const newestInSight = () => {
    const log = document.querySelector('[role=log]');
    const rows = log?.querySelectorAll('[data-seq]') ?? [];
    const end = rows.length === 0 ? 0 : log.getBoundingClientRect().bottom;
    for (let index = rows.length - 1; index >= 0; index--)
      if (rows[index].getBoundingClientRect().top < end - 8) return Number(rows[index].dataset.seq);
    return 0;
  };
  // Called when all changes of a commit are made, and the log is scrolled to where it shall be.
  new MutationObserver(() => {
    const seq = newestInSight();
    if (seq <= probe.newest) return;
    probe.newest = seq;
    afterPaint(() => probe.painted.push({ seq, atMs: Date.now() }));
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-seq'] });
  let last = performance.now();
  const frame = (now) => {
    probe.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})()`;

/** Of every page that is opened from now on. */
export async function installProbe(page: Page): Promise<void> {
  await page.addInitScript({ content: probe });
}

/** What was seen since the last time. Frames in milliseconds. */
export async function takeProbe(page: Page): Promise<Pick<Probe, 'painted' | 'frames'>> {
  return await page.evaluate(() => {
    const { batonProbe } = globalThis as unknown as { batonProbe: Probe };
    return { painted: batonProbe.painted.splice(0), frames: batonProbe.frames.splice(0) };
  });
}

/** Resolves when the row, or one after it, is in sight. Asks seldom: the page has other things to do. */
export async function waitUntilShown(page: Page, seq: number, timeoutMs: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => (globalThis as unknown as { batonProbe: Probe }).batonProbe.newest >= wanted,
    seq,
    { polling: 1_000, timeout: timeoutMs },
  );
}

/** From the beginning of the navigation until the row was painted. */
export async function openedInMs(page: Page, seq: number): Promise<number> {
  const found = await page.waitForFunction(
    (wanted) => {
      const { batonProbe } = globalThis as unknown as { batonProbe: Probe };
      const painted = batonProbe.painted.find((each) => each.seq >= wanted);
      return painted === undefined ? undefined : painted.atMs - performance.timeOrigin;
    },
    seq,
    { polling: 20 },
  );
  return (await found.jsonValue()) ?? Number.NaN;
}

/** Of the page's own, after what is garbage was thrown away. */
export async function heapBytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  // What finalizers and weak references let go of goes with the second one.
  for (let round = 0; round < 3; round++) await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}

/** What came from the gateway, counted from now on. */
export function countTraffic(page: Page): { bytes: () => number } {
  let bytes = 0;
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => void (bytes += payload.length));
  });
  page.on('response', (response) => {
    if (!response.url().includes('/v1/')) return;
    response.body().then(
      (body) => (bytes += body.length),
      // A page that is left has no body any more.
      () => undefined,
    );
  });
  return { bytes: () => bytes };
}
