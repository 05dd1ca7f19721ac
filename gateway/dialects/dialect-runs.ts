/** A dialect's ids: clients choose them, and each sees the id that it gave. */
import { BatonError } from '../../protocol/errors.ts';
import { dialectIdPattern, reservedIdPattern } from '../../protocol/limits.ts';
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
    const run = this.idOf(client);
    if (dialectIdPattern.test(client)) {
      if ((await orNull(() => guard.blueprintOf(run))) !== null) return run;
      // What begins like a dialect's id is the client's own all the same, and never another client's run.
      const blueprint = reservedIdPattern.test(client) ? null : await orNull(() => guard.blueprintOf(client));
      if (blueprint !== null && this.blueprints.includes(blueprint)) return client;
    }
    throw new BatonError('run_not_found', `there is no run ${client}, or it is past retention`, { run: client });
  }

  /** null where there is none that this client may see. */
  async findOrNull(guard: Guard, client: string): Promise<string | null> {
    return await orNull(() => this.find(guard, client));
  }
}

/** null where what is asked for has no run, or not one of this client's. */
export async function orNull<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof BatonError && error.code === 'run_not_found') return null;
    throw error;
  }
}
