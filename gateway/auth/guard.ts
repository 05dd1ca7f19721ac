/**
 * The engine as one principal may use it: every way in (HTTP, WebSocket, event stream, dialect) goes through here.
 * Somebody else's run is `run_not_found`, so that ids tell nothing. Errors besides the engine's own: forbidden.
 */
import type { Readable } from 'node:stream';
import type {
  AnswerOutcome,
  BlueprintView,
  CommandOptions,
  Edits,
  Prediction,
  RunSummary,
  StartCommand,
} from '../../protocol/schemas/commands.ts';
import type { LogLines, RunLogsQuery, SystemLogsQuery } from '../../protocol/schemas/agent-logs.ts';
import type { ArchivedRunView, ArchiveQuery } from '../../protocol/schemas/archive.ts';
import type { Deletion, OwnerDeletion } from '../../protocol/schemas/deletion.ts';
import type { Job } from '../../protocol/schemas/jobs.ts';
import type { Question } from '../../protocol/schemas/question.ts';
import type { FailureGroups, RunCount, RunsFilter } from '../../protocol/schemas/runs-query.ts';
import type { RunView } from '../../protocol/schemas/state.ts';
import type { Timeline, TimelineQuery } from '../../protocol/schemas/timeline.ts';
import type {
  Engine,
  Feed,
  ForceableCommand,
  Foreseeable,
  ForkCommand,
  KnowledgePort,
  KnowledgeSource,
  ListQuery,
  Page,
  Publication,
  ResetCommand,
  StartOptions,
} from '../engine.ts';
import { BatonError } from '../../protocol/errors.ts';
import { forbidden, requirePossible } from './refusals.ts';
import { selectPage } from './select-page.ts';
import { isOps, mayStart, owns } from './access.ts';
import { nobody, RunAccess } from './run-access.ts';

interface QuestionsQuery {
  run?: string | undefined;
  kind?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

export class Guard extends RunAccess {
  blueprints(): BlueprintView[] {
    return this.engine.runs.blueprints();
  }

  start(command: StartCommand, options: StartOptions = {}): Promise<{ run: RunView; created: boolean }> {
    if (!mayStart(this.by)) throw forbidden(this.by, 'starting a run needs the role client or ops');
    this.requireReach(command.id);
    this.requireRoleFor(command.blueprint);
    return this.engine.runs.start(command, this.by, options);
  }

  async begin(run: string): Promise<void> {
    await this.requireOwn(run);
    return this.engine.runs.begin(run, this.by);
  }

  async message(run: string, input: unknown, options: CommandOptions & { hold?: boolean } = {}): Promise<RunView> {
    await this.requireOwn(run);
    this.requireRoleFor((await this.engine.runs.owner(run)).blueprint);
    return this.engine.runs.message(run, input, this.by, options);
  }

  async cancel(
    run: string,
    command: { reason?: string; mode?: 'graceful' | 'now' },
    options: CommandOptions = {},
  ): Promise<void> {
    await this.requireOwn(run);
    return this.engine.runs.cancel(run, command, this.by, options);
  }

  /** A new id is as good as a start; that of a run that is there must be its own. */
  async publish(run: string, publication: Publication, options: { dialect?: string } = {}): Promise<void> {
    requirePossible(run);
    if (!mayStart(this.by)) throw forbidden(this.by, 'publishing needs the role client or ops');
    this.requireReach(run);
    return this.engine.runs.publish(run, publication, this.by, options);
  }

  async retry(run: string, options?: CommandOptions): Promise<RunView> {
    await this.requireOps(run);
    return this.engine.runs.retry(run, this.by, options);
  }

  async resume(run: string, command: { edits?: Edits }, options?: CommandOptions): Promise<RunView> {
    await this.requireOps(run);
    return this.engine.runs.resume(run, command, this.by, options);
  }

  async reset(run: string, command: ResetCommand, options?: CommandOptions): Promise<RunView> {
    await this.requireOps(run);
    return this.engine.runs.reset(run, command, this.by, options);
  }

  async fork(run: string, command: ForkCommand, options?: CommandOptions): Promise<RunView> {
    await this.requireOps(run);
    return this.engine.runs.fork(run, command, this.by, options);
  }

  async pause(run: string, command: { step?: string; reason?: string }, options?: CommandOptions): Promise<RunView> {
    await this.requireOps(run);
    return this.engine.runs.pause(run, command, this.by, options);
  }

  async unpause(run: string, command: ForceableCommand, options?: CommandOptions): Promise<RunView> {
    await this.requireOps(run);
    return this.engine.runs.unpause(run, command, this.by, options);
  }

  async retryStep(run: string, command: ForceableCommand, options?: CommandOptions): Promise<RunView> {
    await this.requireOps(run);
    return this.engine.runs.retryStep(run, command, this.by, options);
  }

  async terminate(run: string, command: { reason?: string }, options?: CommandOptions): Promise<RunView> {
    await this.requireOps(run);
    return this.engine.runs.terminate(run, command, this.by, options);
  }

  async predict(run: string, command: Foreseeable): Promise<Prediction> {
    await this.requireOps(run);
    return this.engine.runs.predict(run, command);
  }

  /**
   * Whether this person may answer this very question, the workflow decides: it alone knows what is open. On behalf of
   * somebody else, only ops answer.
   */
  async answer(
    run: string,
    question: string,
    answer: unknown,
    options: { onBehalfOf?: string } = {},
  ): Promise<AnswerOutcome> {
    await (options.onBehalfOf === undefined ? this.requireReadable(run) : this.requireOps(run));
    return this.engine.runs.answer(run, question, answer, this.by, options);
  }

  async state(run: string): Promise<RunView> {
    await this.requireReadable(run);
    return this.engine.runs.state(run);
  }

  async timeline(run: string, query: TimelineQuery): Promise<Timeline> {
    await this.requireReadable(run);
    return this.engine.runs.timeline(run, query);
  }

  /** Errors: run_not_found, run_expired. */
  async runLogs(run: string, query: RunLogsQuery): Promise<LogLines> {
    await this.requireReadable(run);
    // Ops may read any: whether it is there has not been asked for them.
    await this.engine.runs.owner(run);
    return this.engine.agentLogs.ofRun(run, query);
  }

  systemLogs(query: SystemLogsQuery): LogLines {
    this.requireOpsRole();
    return this.engine.agentLogs.ofAll(query);
  }

  /** With secrets only for ops. */
  async export(run: string, options: { redacts: boolean }): Promise<Readable> {
    await (options.redacts ? this.requireOwn(run) : this.requireOps(run));
    return this.engine.runs.export(run, options);
  }

  async delete(run: string, options: { terminate: boolean }): Promise<Deletion> {
    await this.requireOps(run);
    return this.engine.runs.delete(run, options, this.by);
  }

  async deleteOwner(owner: string, options: { terminate: boolean }): Promise<OwnerDeletion> {
    this.requireOpsRole();
    return this.engine.runs.deleteOwner(owner, options, this.by);
  }

  /** Errors: run_not_found. */
  async blueprintOf(run: string): Promise<string> {
    await this.requireReadable(run);
    return (await this.engine.runs.owner(run)).blueprint;
  }

  /** Calls back with a run of one of these ids that begins, whoever's it is: `open` tells whether it may be read. */
  whenBegun(ids: readonly string[], begun: (run: string) => void): Disposable {
    return this.engine.feeds.whenBegun(ids, begun);
  }

  /** Calls back with each run of the blueprint that begins or goes on and is its own, as `feeds.onBegun` has it. */
  onBegun(blueprint: string, begun: (run: string) => void): Disposable {
    return this.engine.feeds.onBegun((run) => {
      this.isOwnOf(run, blueprint).then(
        (isMeant) => {
          if (isMeant) begun(run);
        },
        // One that cannot be looked up now is told of again, or is gone.
        () => undefined,
      );
    });
  }

  /** The caller disposes of the feed. */
  async open(run: string): Promise<Feed> {
    await this.requireReadable(run);
    return this.engine.feeds.open(run);
  }

  /** Errors: question_not_found, where the run's state does not show it (any more). */
  async requireQuestion(run: string, question: string): Promise<void> {
    const feed = await this.open(run);
    const { questions } = feed.view();
    feed[Symbol.dispose]();
    if (questions.some(({ id }) => id === question)) return;
    throw new BatonError('question_not_found', `run ${run} has no question ${question}`, { run, question });
  }

  async blob(run: string, ref: string): ReturnType<Engine['runs']['blob']> {
    await this.requireReadable(run);
    return this.engine.runs.blob(run, ref);
  }

  /** To who may start none: the runs with an open question that is addressed to it. */
  async list(query: ListQuery): Promise<Page<RunSummary>> {
    if (!mayStart(this.by)) {
      const load = (part: { cursor?: string }) => this.engine.runs.list({ ...query, ...part, waiting: true });
      return selectPage(query, load, (run) => this.isAsked(run.id));
    }
    const owner = this.listedOwner(query.owner);
    if (owner === nobody) return { items: [], nextCursor: null };
    return this.engine.runs.list(owner === undefined ? query : { ...query, owner });
  }

  async archive(query: ArchiveQuery): Promise<Page<ArchivedRunView>> {
    if (!mayStart(this.by)) throw forbidden(this.by, 'the archive needs the role client or ops');
    const owner = this.listedOwner(query.owner);
    if (owner === nobody) return { items: [], nextCursor: null };
    return this.engine.runs.archive(owner === undefined ? query : { ...query, owner });
  }

  async jobs(query: { cursor?: string; limit: number }): Promise<Page<Job>> {
    this.requireOpsRole();
    return this.engine.runs.jobs(query);
  }

  /** Of those that `list` tells of. */
  async count(filter: RunsFilter): Promise<RunCount> {
    const mine = this.counted(filter);
    return mine === nobody ? { total: 0, byStatus: {} } : this.engine.runs.count(mine);
  }

  async failureGroups(filter: RunsFilter): Promise<FailureGroups> {
    const mine = this.counted(filter);
    return mine === nobody ? { items: [], ungrouped: 0 } : this.engine.runs.failureGroups(mine);
  }

  async questions(query: QuestionsQuery): Promise<Page<Question>> {
    const { limit, run } = query;
    if (run !== undefined) await this.requireReadable(run);
    const filter = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
    if (isOps(this.by)) return this.engine.runs.questions({ ...filter, limit });
    const load = (part: { cursor?: string }) => this.engine.runs.questions({ ...filter, ...part, limit });
    return selectPage(query, load, (question) => this.concerns(question));
  }

  watch(what: 'runs' | 'questions', filter: RunsFilter, changed: (change: RunSummary | Question) => void): Disposable {
    if (what === 'questions' && !isOps(this.by)) {
      return this.engine.runs.watch({ what, ...filter }, (question) => {
        this.concerns(question as Question).then(
          (isConcerned) => {
            if (isConcerned) changed(question);
          },
          // A run that is gone or cannot be looked up now concerns nobody; the next change asks again.
          () => undefined,
        );
      });
    }
    const owner = this.listedOwner(filter.owner);
    if (owner === nobody) return { [Symbol.dispose]: () => undefined };
    return this.engine.runs.watch({ what, ...filter, ...(owner === undefined ? {} : { owner }) }, changed);
  }

  searchKnowledge(q: string, limit: number): ReturnType<KnowledgePort['search']> {
    return this.engine.knowledge.search({ q, limit, ...this.ownFilter() });
  }

  knowledgeSources(): KnowledgeSource[] {
    return this.engine.knowledge.sources(this.ownFilter());
  }

  /** False where there is no such source, or it is somebody else's. */
  removeKnowledge(sourceId: string): boolean {
    return this.engine.knowledge.remove(sourceId, this.ownFilter());
  }

  /** Calls back after any change, also of what is not to be seen. */
  watchKnowledge(changed: () => void): Disposable {
    return this.engine.knowledge.watch(changed);
  }

  /** Whether what belongs to this owner's runs may be seen in a list over all of them. */
  sees(owner: string | null): boolean {
    return this.by.onlyTask === undefined && (isOps(this.by) || owns(this.by, owner));
  }

  /** For what everybody's runs are judged by: neither people who only answer, nor tokens for one task. */
  requireContributor(): void {
    if (!mayStart(this.by)) throw forbidden(this.by, 'this needs the role client or ops');
    this.requireReach();
  }
}
