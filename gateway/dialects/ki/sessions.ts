/** The commands of ki-autoagent on the engine: a session is a run, each chat its next execution. */
import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { contract } from '../../../workflows/ki-autoagent/contract.ts';
import { kiRunningListMs, listPageMax } from '../../../protocol/limits.ts';
import { resolveWorkspace, workspaceRoots } from '../../../runtime/workspace-roots.ts';
import type { RunEvent } from '../../../protocol/schemas/event.ts';
import type { Guard } from '../../auth/guard.ts';
import type { Feed } from '../../engine.ts';
import type { SurfaceContext } from '../../http/surface-context.ts';
import { DialectRuns } from '../dialect-runs.ts';
import { readTranslated } from '../read-translated.ts';
import { Translator, type Frame } from '../translation.ts';
import { faults, toKiFault } from './faults.ts';
import { isEnded, type KiState } from './ki-state.ts';
import type { Decision, KiMessage } from './message.ts';
import type { HitlAnswer } from './schemas.ts';
import { kiTranslation } from './translation.ts';

export const kiBlueprint = contract.name;

export interface Wish {
  message: string;
  /** Default: that of the session's run before. */
  workspacePath?: string | undefined;
  autoApprove?: boolean | undefined;
  hitlTimeoutSeconds?: number | undefined;
}

export class Sessions {
  readonly context: SurfaceContext;
  readonly runs = new DialectRuns('ki', [kiBlueprint]);
  readonly translator = new Translator(kiTranslation);
  private readonly roots: readonly string[];
  private readonly lists = new LRUCache<string, Promise<string[]>>({ max: 1_000, ttl: kiRunningListMs });

  constructor(context: SurfaceContext) {
    this.context = context;
    this.roots = workspaceRoots(context.config.WORKSPACE_ROOTS);
  }

  /**
   * Runs that are under way, the newest ones where there are very many. Watchers come in crowds: of one principal they
   * share an answer for a moment; what begins meanwhile each is told of by itself.
   */
  async running(guard: Guard): Promise<readonly string[]> {
    // Whole: a token for one task sees less than its owner does.
    const key = JSON.stringify(guard.by);
    const known = this.lists.get(key);
    if (known) return await known;
    const listing = listRunning(guard);
    this.lists.set(key, listing);
    listing.catch(() => this.lists.delete(key));
    return await listing;
  }

  newId(): string {
    return randomUUID();
  }

  /** Where the workspace really is. Errors: workspace_forbidden. */
  async workspace(path: string): Promise<string> {
    return await resolveWorkspace(path, this.roots);
  }

  async findOrNull(guard: Guard, id: string): Promise<string | null> {
    return await this.runs.findOrNull(guard, id);
  }

  /** Errors: session_not_found. */
  async read(
    guard: Guard,
    id: string,
    told?: (frames: readonly Frame<KiMessage>[], event: RunEvent) => void,
  ): Promise<{ run: string; state: KiState }> {
    const run = await this.findOrNull(guard, id);
    if (run === null) throw faults.sessionNotFound(id);
    const feed = await guard.open(run);
    try {
      return { run, state: await this.fold(feed, told) };
    } finally {
      feed[Symbol.dispose]();
    }
  }

  async fold(feed: Feed, told?: (frames: readonly Frame<KiMessage>[], event: RunEvent) => void): Promise<KiState> {
    const { translator } = this;
    const parts = { translator, runs: this.context.engine.runs };
    return await readTranslated(feed, this.runs.clientOf(feed.run), parts, told);
  }

  /** Errors: session_busy, workspace_forbidden, id_taken, invalid_request. */
  async chat(guard: Guard, id: string, wish: Wish): Promise<void> {
    const run = await this.findOrNull(guard, id);
    const before = run === null ? null : (await this.read(guard, id)).state;
    const path = wish.workspacePath ?? before?.workspacePath ?? undefined;
    const input = {
      message: wish.message,
      ...(path === undefined ? {} : { workspacePath: await this.workspace(path) }),
      ...(wish.autoApprove === undefined ? {} : { autoApprove: wish.autoApprove }),
      ...(wish.hitlTimeoutSeconds === undefined ? {} : { hitlTimeoutSeconds: wish.hitlTimeoutSeconds }),
    };
    if (run !== null) {
      await guard.message(run, input);
      return;
    }
    const command = { blueprint: kiBlueprint, input, id: this.runs.idOf(id) };
    const { created } = await guard.start(command, { dialect: 'ki' });
    // Somebody said the very same at the same moment.
    if (!created) throw faults.busy(id);
  }

  /** Errors: session_not_found, no_pending_hitl, unknown_request, invalid_decision. */
  async answer(guard: Guard, id: string, answer: HitlAnswer): Promise<void> {
    const { run, state } = await this.read(guard, id);
    const { request_id, feedback = '' } = answer;
    const asked =
      request_id === undefined ? state.pending[0] : state.pending.find((each) => each.request_id === request_id);
    if (state.pending.length === 0) throw faults.noPending();
    if (!asked) throw faults.unknownRequest(request_id ?? '');
    const decision = decisionOf(answer);
    if (decision === null) throw faults.invalidDecision();
    try {
      await guard.answer(run, asked.question, { decision, feedback });
    } catch (error) {
      // It ended while the answer was on its way.
      throw toKiFault(error).code === 'already_ended' ? faults.noPending() : error;
    }
  }

  /** Errors: session_not_found, already_ended. */
  async cancel(guard: Guard, id: string): Promise<void> {
    const { run, state } = await this.read(guard, id);
    if (isEnded(state)) throw faults.alreadyEnded(id);
    await guard.cancel(run, {});
  }
}

async function listRunning(guard: Guard): Promise<string[]> {
  const status = ['running', 'waiting', 'cancelling', 'pending'] as const;
  const { items } = await guard.list({ blueprint: kiBlueprint, status, limit: listPageMax });
  return items.map(({ id }) => id);
}

function decisionOf({ decision, approved }: HitlAnswer): Decision | null {
  if (decision === 'approve' || decision === 'reject' || decision === 'revise') return decision;
  if (decision !== undefined || typeof approved !== 'boolean') return null;
  return approved ? 'approve' : 'reject';
}
