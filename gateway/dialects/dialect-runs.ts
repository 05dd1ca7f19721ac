/** A dialect's ids: clients choose them, and each sees the id that it gave. */
import { BatonError, type ErrorCode } from '../../protocol/errors.ts';
import { cursorRetryMs, dialectIdPattern, reservedIdPattern } from '../../protocol/limits.ts';
import type { Guard } from '../auth/guard.ts';

export class DialectRuns {
  private readonly prefix: string;
  private readonly blueprints: readonly string[];

  /** `blueprints`: those whose runs can be reached by their bare ids, too. */
  constructor(dialect: string, blueprints: readonly string[]) {
    this.prefix = `${dialect}:`;
    this.blueprints = blueprints;
  }

  /** The run's id of a client's id. */
  idOf(client: string): string {
    return this.prefix + client;
  }

  /** The id under which the dialect's clients know a run. */
  clientOf(run: string): string {
    return run.startsWith(this.prefix) ? run.slice(this.prefix.length) : run;
  }

  /** The run that a client means: by the prefix, else by the bare id of a run that is the dialect's own. Errors: run_not_found. */
  async find(guard: Guard, client: string): Promise<string> {
    for (const run of this.namesOf(client)) if (await this.isMeant(guard, run)) return run;
    throw new BatonError('run_not_found', `there is no run ${client}, or it is past retention`, { run: client });
  }

  /** null where there is none that this client may see. */
  async findOrNull(guard: Guard, client: string): Promise<string | null> {
    return await orNull(() => this.find(guard, client));
  }

  /**
   * Calls back when the run that a client means begins or goes on, perhaps several times; never with one that is somebody
   * else's, or none of the dialect's. Begin to wait first, look with `find` then: so none is missed, and one look is enough.
   */
  whenBegun(guard: Guard, client: string, begun: (run: string) => void): Disposable {
    let isOver = false;
    const look = (run: string) => {
      if (isOver) return;
      this.isMeant(guard, run).then(
        (isMeant) => {
          if (isMeant && !isOver) begun(run);
        },
        // Temporal is away, and nobody else need tell of this run again.
        () => void setTimeout(look, cursorRetryMs, run).unref(),
      );
    };
    const waiting = guard.whenBegun(this.namesOf(client), look);
    return {
      [Symbol.dispose]: () => {
        isOver = true;
        waiting[Symbol.dispose]();
      },
    };
  }

  /** The same once, as a promise. Rejects with the signal's reason. */
  async begun(guard: Guard, client: string, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    return await new Promise((resolve, reject) => {
      const leave = () => {
        waiting[Symbol.dispose]();
        signal.removeEventListener('abort', abandon);
      };
      const abandon = () => {
        leave();
        reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
      };
      const waiting = this.whenBegun(guard, client, (run) => {
        leave();
        resolve(run);
      });
      signal.addEventListener('abort', abandon);
    });
  }

  /** Under which a client's run may begin. What begins like a dialect's id is never another client's run. */
  private namesOf(client: string): string[] {
    if (!dialectIdPattern.test(client)) return [];
    return reservedIdPattern.test(client) ? [this.idOf(client)] : [this.idOf(client), client];
  }

  private async isMeant(guard: Guard, run: string): Promise<boolean> {
    const blueprint = await orNull(() => guard.blueprintOf(run));
    return blueprint !== null && (run.startsWith(this.prefix) || this.blueprints.includes(blueprint));
  }
}

/** One past retention is as good as none to a client: its id may begin again. */
const absent: ReadonlySet<ErrorCode> = new Set(['run_not_found', 'run_expired']);

/** null where what is asked for has no run, or not one of this client's. */
export async function orNull<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof BatonError && absent.has(error.code)) return null;
    throw error;
  }
}
