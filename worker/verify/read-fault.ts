/** What a failed replay says, in words of Baton, and where in the history it was. Pure. */
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { describeEntry, factsOf, type HistoryEntry } from './history-facts.ts';

export interface Fault {
  kind: 'differs' | 'unknown_blueprint' | 'unreadable';
  why: string;
  /** null where the message does not say; `names` finds it among the entries of the failing workflow task. */
  entry: HistoryEntry | null;
  names: (entry: HistoryEntry) => boolean;
}

const entryPattern = /HistoryEvent\(id: (\d+), \w+\)/;
const machinePattern = /(\w+(?: \w+)*?) ?machine does not handle/i;
const mismatchPattern =
  /(Activity|Child workflow) (id|type) of scheduled event '([^']*)' does not match \w+(?: \w+)* (?:id|type) of (?:activity |child workflow )?command '([^']*)'/i;
const patchPattern = /patch marker encountered for change (\S+?),? but there is/i;
const blueprintPattern = /this worker has no blueprint ([^\s"]+)/;
const unreadablePattern =
  /^Fatal error in workflow machines|BATON_ENCRYPTION_KEYS|payload_unreadable|payload reference|ENOENT: .*payloads/;

/** What the code wanted to do, by the name of the SDK's state machine. */
const wishes: Readonly<Record<string, string>> = {
  activity: 'calls an agent',
  timer: 'starts a timer',
  modifyworkflowproperties: 'writes into the log',
  upsertworkflowsearchattributes: 'changes what lists show',
  'complete workflow': 'ends the run',
  'fail workflow': 'fails the run',
  'cancel workflow': 'ends the run as cancelled',
  'continue as new workflow': 'continues as new',
  'cancel external wf': 'cancels another workflow',
  'signal external wf': 'signals another workflow',
  'child workflow': 'starts a child workflow',
};

/** The SDK cannot tell: the message of what workflow code has thrown is encrypted. */
export const encodedMessage = 'Encoded failure';

/** The message inside of what the SDK prints of its own structures; without one, the text itself. */
export function innermostMessage(text: string): string {
  const quoted = /\bmessage: "((?:[^"\\]|\\.)*)"/s.exec(text)?.[1];
  return (quoted === undefined ? text : quoted.replaceAll('\\n', '\n').replaceAll(/\\(.)/g, '$1')).slice(
    0,
    reasonCharacters,
  );
}

const reasonCharacters = 500;

/** `message` as `innermostMessage` gives it. */
export function readFault(message: string, history: History): Fault {
  const nothing = { entry: null, names: () => false };
  const blueprint = blueprintPattern.exec(message);
  if (blueprint)
    return { ...nothing, kind: 'unknown_blueprint', why: `the code has no blueprint ${blueprint[1]} any more` };
  if (unreadablePattern.test(message))
    return { ...nothing, kind: 'unreadable', why: `it could not be replayed: ${message}` };

  const mismatch = mismatchPattern.exec(message);
  if (mismatch) {
    const [, what = '', by = '', recorded = '', wanted = ''] = mismatch;
    const noun = what.toLowerCase() === 'activity' ? 'agent' : 'child workflow';
    return {
      kind: 'differs',
      entry: null,
      names: (entry) => calls(entry, by, recorded),
      why: `the history calls ${noun} ${recorded} here, the code ${wanted}`,
    };
  }
  const named = entryPattern.exec(message);
  const entry = named ? (history.events ?? []).find((each) => factsOf(each).id === Number(named[1])) : undefined;
  if (entry) return { kind: 'differs', entry, names: () => false, why: whyAt(entry, message) };
  const patch = patchPattern.exec(message);
  if (patch) {
    return {
      kind: 'differs',
      entry: null,
      names: ({ markerRecordedEventAttributes: marker }) => marker?.markerName === 'core_patch',
      why: `the run took the patch ${patch[1]}, and the code does not know it any more: keep it, or deprecatePatch`,
    };
  }
  const isToldSo = message.includes('TMPRL1100');
  return { ...nothing, kind: 'differs', why: isToldSo ? message : `the code fails here: ${message}` };
}

function calls(
  { activityTaskScheduledEventAttributes: scheduled }: HistoryEntry,
  by: string,
  recorded: string,
): boolean {
  return (by === 'id' ? scheduled?.activityId : scheduled?.activityType?.name) === recorded;
}

function whyAt(entry: HistoryEntry, message: string): string {
  const wish = wishes[machinePattern.exec(message)?.[1]?.toLowerCase() ?? ''];
  const recorded = describeEntry(entry);
  if (wish !== undefined) return `the history has ${recorded} here, the code ${wish}`;
  if (message.includes('No command scheduled')) return `the history has ${recorded} here, the code does nothing`;
  return `the history has ${recorded} here, the code does something else`;
}
