/** What the laws of reset and fork are tried on: runs of each blueprint that Baton ships. */
import type { Question } from '../../../protocol/schemas/question.ts';
import type { RunState } from '../../../protocol/schemas/state.ts';
import type { Site } from '../../fixtures/site.ts';
import type { TestGateway } from '../../harness/gateway.ts';

export interface World {
  gateway: TestGateway;
  /** Of a few pages, to be crawled. */
  site: Site;
  /** A new folder that agents may write into, with a project in it. */
  workspace: () => Promise<string>;
  /** A run of the test blueprint `script` that has ended. */
  endedRun: () => Promise<string>;
}

/** One message of a session; most runs have one. */
export interface Message {
  input: unknown;
  /** Every step that begins with it, in this order. */
  steps: readonly string[];
  /** What the run is then, where it never failed. */
  ends: Partial<RunState>;
}

export interface Story {
  title: string;
  messages(world: World): Message[] | Promise<Message[]>;
  /** What is answered; null: nothing, it expires. Default: nothing is asked. */
  answer?: (question: Question) => unknown;
  /** As in `result.pages.*.at`: where two runs that never failed are not the same, each with the reason. */
  differs?: Readonly<Record<string, string>>;
  /** What outsiders do, each time that the run begins or goes on; `badly`: so that it fails. */
  play?: (world: World, run: string, how: 'well' | 'badly') => Promise<void>;
  /** Why steps that begin again are no repetition, so that none is foretold. */
  repeatsNothing?: string;
  /** Each attempt starts a process: less of it is tried, but at full size. */
  isSlow?: true;
  /** Only at full size. */
  isLong?: true;
}

export interface Row {
  blueprint: string;
  stories: readonly [Story, ...Story[]];
}
