/** The timeline of one run, kept current: what is settled is fetched once, what may still change again as the run goes on. */
import type { BatonClient, BatonClientError, Timeline, TimelineStep } from '../../client/index.ts';
import { takeFault } from './take-fault.ts';
import { unsettledAfter, withPage } from './timeline-steps.ts';

export interface TimelineSnapshot {
  /** The run's part of the newest page; `steps` of all pages. */
  timeline: Timeline | null;
  steps: readonly TimelineStep[];
  /** Why it is not current. */
  error: BatonClientError | null;
}

const pageSteps = 500;
/** A gateway reads a whole log for it: the longer that takes, the less often it is asked. */
const restFactor = 10;
const restMinMs = 400;

export class TimelineStore {
  readonly #client: BatonClient;
  readonly #run: string;
  readonly #listeners = new Set<() => void>();
  #snapshot: TimelineSnapshot = { timeline: null, steps: [], error: null };
  #state: 'resting' | 'reading' | 'asked again' = 'resting';
  #restsUntilMs = 0;

  constructor(client: BatonClient, run: string) {
    this.#client = client;
    this.#run = run;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): TimelineSnapshot => this.#snapshot;

  /** Something has changed. Asked often, it reads as often as is fair. */
  ask(): void {
    if (this.#state !== 'resting') {
      this.#state = 'asked again';
      return;
    }
    this.#state = 'reading';
    setTimeout(() => void this.#read(), Math.max(0, this.#restsUntilMs - Date.now()));
  }

  async #read(): Promise<void> {
    // What was asked for until now is answered by this reading.
    this.#state = 'reading';
    const beganMs = Date.now();
    try {
      let { steps } = this.#snapshot;
      for (let after: number | null = unsettledAfter(steps); after !== null;) {
        const page: Timeline = await this.#client.timeline(this.#run, { after, limit: pageSteps });
        steps = withPage(steps, after, page);
        // The log became shorter: somebody reset the run with Temporal's own tools.
        const isOther = page.next === null && steps.length !== page.stepsTotal;
        if (isOther && after > 0) [steps, after] = [[], 0];
        else after = page.next;
        this.#tell({ timeline: page, steps, error: null });
      }
    } catch (error) {
      this.#tell({ ...this.#snapshot, error: takeFault(error) });
    }
    this.#restsUntilMs = Date.now() + Math.max(restMinMs, restFactor * (Date.now() - beganMs));
    const isAskedAgain = (this.#state as string) === 'asked again';
    this.#state = 'resting';
    if (isAskedAgain && this.#listeners.size > 0) this.ask();
  }

  #tell(snapshot: TimelineSnapshot): void {
    this.#snapshot = snapshot;
    for (const listener of this.#listeners) listener();
  }
}
