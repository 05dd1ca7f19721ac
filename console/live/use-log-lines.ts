import { useEffect, useState } from 'react';
import type { LogLines } from '../../client/index.ts';
import { linesPerPage, shownLines, withNewer, withOlder, type ShownLines } from './log-lines.ts';

const everyMs = 3_000;

export interface LinesAt {
  after?: number;
  before?: number;
  limit: number;
  signal: AbortSignal;
}

export interface FollowedLines {
  /** null: not read yet. */
  shown: ShownLines | null;
  error: unknown;
  /** Reads the page before; null where there is none. */
  older: (() => void) | null;
}

/** Follows a log while somebody looks. `name`: another log begins with another name. */
export function useLogLines(name: string, read: (at: LinesAt) => Promise<LogLines>): FollowedLines {
  const [shown, setShown] = useState<ShownLines | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [before, setBefore] = useState<number | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    setShown(null);
    setError(null);
    setBefore(null);
    follow(read, stop.signal, { setShown, setError }).catch((fault: unknown) => {
      if (!stop.signal.aborted) setError(fault);
    });
    return () => stop.abort();
    // What it is read with is that of the name.
  }, [name]);
  useEffect(() => {
    if (before === null) return undefined;
    const stop = new AbortController();
    read({ before, limit: linesPerPage, signal: stop.signal }).then(
      (page) => {
        setShown((current) => current && withOlder(current, page));
        setBefore(null);
      },
      (fault: unknown) => {
        if (stop.signal.aborted) return;
        setError(fault);
        setBefore(null);
      },
    );
    return () => stop.abort();
  }, [name, before]);
  const previous = shown?.previous ?? null;
  return { shown, error, older: previous === null ? null : () => setBefore(previous) };
}

interface Told {
  setShown: React.Dispatch<React.SetStateAction<ShownLines | null>>;
  setError: (error: unknown) => void;
}

async function follow(read: (at: LinesAt) => Promise<LogLines>, signal: AbortSignal, told: Told): Promise<void> {
  let next: number | null = null;
  while (!signal.aborted) {
    let isFull = false;
    if (!document.hidden) {
      try {
        const place = next === null ? { before: Number.MAX_SAFE_INTEGER } : { after: next };
        const page = await read({ ...place, limit: linesPerPage, signal });
        if (signal.aborted) return;
        const isFirst = next === null;
        told.setShown((shown) => (isFirst || shown === null ? shownLines(page) : withNewer(shown, page)));
        told.setError(null);
        isFull = !isFirst && page.items.length === linesPerPage;
        next = page.next;
      } catch (error) {
        if (signal.aborted) return;
        told.setError(error);
      }
    }
    if (!isFull) await pause(signal);
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, everyMs);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
