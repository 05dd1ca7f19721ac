/** How far the lines of each crawl have been told, as the last `seq` of its log. */
import { LRUCache } from 'lru-cache';

/** Runs that are forgotten began long ago. */
const placesKept = 10_000;

export class LogPlaces {
  private readonly places = new LRUCache<string, number>({ max: placesKept });
  private readonly waiting = new Set<() => void>();

  /** False where it has been told before. */
  advance(run: string, seq: number): boolean {
    if (seq <= (this.places.get(run) ?? 0)) return false;
    this.places.set(run, seq);
    for (const look of this.waiting) look();
    return true;
  }

  /** Resolves when it has been told up to there, or when the signal fires. */
  reached(run: string, seq: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!signal.aborted && (this.places.get(run) ?? 0) < seq) return;
        this.waiting.delete(look);
        signal.removeEventListener('abort', look);
        resolve();
      };
      this.waiting.add(look);
      signal.addEventListener('abort', look);
      look();
    });
  }

  clear(): void {
    this.places.clear();
  }
}
