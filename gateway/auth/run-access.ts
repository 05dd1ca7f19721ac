/** What a principal may reach of the engine: the checks that the guard makes before each command and query. */
import type { Principal } from '../../protocol/execution.ts';
import type { Question } from '../../protocol/schemas/question.ts';
import type { RunsFilter } from '../../protocol/schemas/runs-query.ts';
import type { Engine } from '../engine.ts';
import { BatonError } from '../../protocol/errors.ts';
import { listPageMax } from '../../protocol/limits.ts';
import { isAddressedTo, isOps, isWithinReach, mayStart, owns } from './access.ts';
import { forbidden, requirePossible, runNotFound } from './refusals.ts';

/** The filter that fits no run at all. */
export const nobody = Symbol('nobody');

export class RunAccess {
  readonly by: Principal;
  protected readonly engine: Engine;

  constructor(engine: Engine, by: Principal) {
    this.engine = engine;
    this.by = by;
  }

  /** Errors: forbidden. */
  protected requireRoleFor(blueprint: string): void {
    const isForOps = this.engine.runs.blueprints().some(({ name, role }) => name === blueprint && role === 'ops');
    if (isForOps && !isOps(this.by)) throw forbidden(this.by, `blueprint ${blueprint} needs the role ops`);
  }

  requireOpsRole(): void {
    if (!isOps(this.by)) throw forbidden(this.by, 'this needs the role ops');
  }

  protected async concerns(question: Question): Promise<boolean> {
    if (isWithinReach(this.by, question.run) && isAddressedTo(question, this.by)) return true;
    return this.ownsRun(question.run);
  }

  protected async ownsRun(run: string): Promise<boolean> {
    if (!isWithinReach(this.by, run)) return false;
    if (isOps(this.by)) return true;
    if (!this.by.roles.includes('client')) return false;
    const { owner } = await this.engine.runs.owner(run).catch((error: unknown) => {
      // Whose it was nobody knows any more.
      throw error instanceof BatonError && error.code === 'run_expired' ? runNotFound(run) : error;
    });
    return this.by.onlyTask !== undefined || owns(this.by, owner);
  }

  /** A token that is limited to one task is good for nothing that concerns others, too. Errors: forbidden. */
  requireReach(run?: string): void {
    if (this.by.onlyTask === undefined || (run !== undefined && isWithinReach(this.by, run))) return;
    throw forbidden(this.by, `the token is limited to task ${this.by.onlyTask}`);
  }

  protected async isOwnOf(run: string, blueprint: string): Promise<boolean> {
    const known = await this.engine.runs.owner(run);
    return known.blueprint === blueprint && (await this.ownsRun(run));
  }

  protected async requireOwn(run: string): Promise<void> {
    requirePossible(run);
    if (await this.ownsRun(run)) return;
    if (await this.isAddressed(run)) throw forbidden(this.by, `run ${run} is read-only to you`, { run });
    throw runNotFound(run);
  }

  protected async requireOps(run: string): Promise<void> {
    requirePossible(run);
    if (isOps(this.by)) return;
    await this.requireReadable(run);
    throw forbidden(this.by, 'this needs the role ops', { run });
  }

  protected async requireReadable(run: string): Promise<void> {
    requirePossible(run);
    if (await this.ownsRun(run)) return;
    if (await this.isAddressed(run)) return;
    throw runNotFound(run);
  }

  /** Closed questions count too, as long as the state still shows them: whoever answered sees what came of it. */
  protected async isAddressed(run: string): Promise<boolean> {
    if (!isWithinReach(this.by, run)) return false;
    const feed = await this.engine.feeds.open(run);
    const { questions } = feed.view();
    feed[Symbol.dispose]();
    return questions.some((question) => isAddressedTo(question, this.by));
  }

  protected async isAsked(run: string): Promise<boolean> {
    const { items } = await this.engine.runs.questions({ run, limit: listPageMax });
    return items.some((question) => isAddressedTo(question, this.by));
  }

  protected ownFilter(): { owner?: string } {
    this.requireReach();
    return isOps(this.by) ? {} : { owner: this.by.name };
  }

  /** What a person may see by a question alone, is listed and never counted. */
  protected counted(filter: RunsFilter): RunsFilter | typeof nobody {
    if (!mayStart(this.by)) throw forbidden(this.by, 'counting runs needs the role client or ops');
    const owner = this.listedOwner(filter.owner);
    if (owner === nobody) return nobody;
    return owner === undefined ? filter : { ...filter, owner };
  }

  protected listedOwner(asked: string | undefined): string | undefined | typeof nobody {
    if (this.by.onlyTask !== undefined) return nobody;
    if (isOps(this.by)) return asked;
    return asked === undefined || asked === this.by.name ? this.by.name : nobody;
  }
}
