/** Replays stored histories against workflow code, and says of each whether the code still does what it says. */
import { historyToJSON, type History } from '@temporalio/common/lib/proto-utils.js';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { ExecutionVerdict } from '../../protocol/schemas/verification.ts';
import type { Config } from '../../runtime/config.ts';
import { createDataConverter } from '../../runtime/data-converter.ts';
import type { Log } from '../../runtime/log.ts';
import { buildIdOf } from '../build-id.ts';
import { installSdkRuntime } from '../sdk-runtime.ts';
import { workflowBundle, type WorkflowSource } from '../workflow-bundle.ts';
import { blueprintOf, factsOf, taskStarts, type EntryFacts, type HistoryEntry } from './history-facts.ts';
import { encodedMessage, innermostMessage, readFault } from './read-fault.ts';
import { ReplayLane } from './replay-lane.ts';

export interface StoredHistory {
  /** Names it in the verdict: Temporal's run id, or a file. */
  execution: string;
  history: History;
}

export interface ReplayerParts {
  config: Config;
  log: Log;
  /** Default: the folders of `workflows/`. */
  workflows?: WorkflowSource;
}

export class Replayer {
  /** Of the code that it replays on. */
  readonly build: string;
  private readonly parts: ReplayerParts;
  private readonly lane: ReplayLane;
  private plain: Promise<ReplayLane> | null = null;

  /** Bundles the workflow code: it takes seconds. Rejects where it cannot be bundled. */
  static async open(parts: ReplayerParts): Promise<Replayer> {
    installSdkRuntime(parts.log);
    const { failureConverterPath } = createDataConverter(parts.config);
    const options = failureConverterPath === undefined ? {} : { failureConverterPath };
    return new Replayer(parts, await workflowBundle(parts.log, parts.workflows, options));
  }

  private constructor(parts: ReplayerParts, bundle: WorkflowBundleWithSourceMap) {
    this.parts = parts;
    this.build = buildIdOf(parts.config, bundle.code);
    this.lane = laneOf(parts.config, bundle);
  }

  /** Never rejects: what cannot be replayed is `unreadable`. */
  async verify({ execution, history }: StoredHistory): Promise<ExecutionVerdict> {
    const blueprint = blueprintOf(history);
    const facts = { execution, blueprint, entries: history.events?.length ?? 0, event: null };
    if (blueprint === null)
      return { ...facts, verdict: 'unreadable', why: 'it is no history: it does not begin with the start of a run' };
    // No worker has taken it yet: there is nothing that code could do otherwise.
    if (taskStarts(history).length === 0) return { ...facts, verdict: 'same', why: null };
    try {
      const error = await this.lane.replay(execution, history);
      return error === null
        ? { ...facts, verdict: 'same', why: null }
        : { ...facts, ...(await this.explain(history, innermostMessage(error.message))) };
    } catch (error) {
      return { ...facts, verdict: 'unreadable', why: error instanceof Error ? error.message : String(error) };
    }
  }

  async close(): Promise<void> {
    await this.lane.close();
    const plain = await this.plain?.catch(() => null);
    await plain?.close();
  }

  private async explain(
    history: History,
    message: string,
  ): Promise<Pick<ExecutionVerdict, 'verdict' | 'event' | 'why'>> {
    const said = message === encodedMessage ? await this.plainMessage(history) : message;
    const { kind, why, entry, names } = readFault(said, history);
    if (kind !== 'differs') return { verdict: kind, event: null, why };
    return { verdict: kind, event: factsOrNull(entry ?? (await this.locate(history, names))), why };
  }

  /**
   * The entry where a fault lies that names none: the first workflow task that does not replay, found by halves, and of
   * what followed on the task before it the entry that fits.
   */
  private async locate(history: History, names: (entry: HistoryEntry) => boolean): Promise<HistoryEntry | null> {
    const events = history.events ?? [];
    const ends = [...taskStarts(history), events.length - 1];
    let [sound, faulty] = [-1, ends.length - 1];
    while (faulty - sound > 1) {
      const middle = Math.floor((sound + faulty) / 2);
      const error = await this.lane.replay('part', { events: events.slice(0, (ends[middle] ?? 0) + 1) });
      if (error === null) sound = middle;
      else faulty = middle;
    }
    const [from, to] = [sound < 0 ? 0 : (ends[sound] ?? 0), ends[faulty] ?? 0];
    return events.slice(from + 1, to + 1).find(names) ?? events[to] ?? null;
  }

  /** Of code that keeps its messages in the clear. Bundled only where it is needed. */
  private async plainMessage(history: History): Promise<string> {
    const { config, log, workflows } = this.parts;
    this.plain ??= workflowBundle(log, workflows).then((bundle) => laneOf(config, bundle));
    const error = await (await this.plain).replay('plain', history);
    return error === null ? encodedMessage : innermostMessage(error.message);
  }
}

function laneOf(config: Config, workflows: WorkflowBundleWithSourceMap): ReplayLane {
  // What the replay itself fails with is read here: it must not be encrypted.
  const { failureConverterPath: _, ...dataConverter } = createDataConverter(config);
  return new ReplayLane({ workflowBundle: workflows, dataConverter });
}

function factsOrNull(entry: HistoryEntry | null): EntryFacts | null {
  return entry === null ? null : factsOf(entry);
}

/** As Temporal's own tools write it. */
export function historyJson(history: History): string {
  return `${JSON.stringify(JSON.parse(historyToJSON(history)), null, 1)}\n`;
}
