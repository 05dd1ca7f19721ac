/**
 * What lists show of a run: its memo's face and its search attributes. Each showing costs a visibility write, about a
 * sixth of a step that does nothing; all upserts of one workflow task are one write. So what a person waits for (status,
 * questions) is shown at once, whatever is shown anyway costs nothing, and the rest is shown once an interval.
 *
 *   fresh ──a step, progress──▶ stale ──interval over──▶ fresh
 *     └──status, questions, or a memo that is written anyway──▶ fresh
 */
import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributePair } from '@temporalio/common';
import { condition, sleep, upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { memoKeys, type RunFace } from '../../protocol/execution.ts';
import { faceIntervalMs } from '../../protocol/limits.ts';
import type { RunState } from '../../protocol/schemas/state.ts';
import { toSearchable } from '../../protocol/searchable-text.ts';

const blueprintKey = defineSearchAttributeKey('BatonBlueprint', SearchAttributeType.KEYWORD);
const ownerKey = defineSearchAttributeKey('BatonOwner', SearchAttributeType.KEYWORD);
const statusKey = defineSearchAttributeKey('BatonStatus', SearchAttributeType.KEYWORD);
const agentKey = defineSearchAttributeKey('BatonAgent', SearchAttributeType.KEYWORD_LIST);
const failedStepKey = defineSearchAttributeKey('BatonFailedStep', SearchAttributeType.KEYWORD);
const errorCodeKey = defineSearchAttributeKey('BatonErrorCode', SearchAttributeType.KEYWORD);
const buildKey = defineSearchAttributeKey('BatonBuild', SearchAttributeType.KEYWORD);
const failureKey = defineSearchAttributeKey('BatonFailure', SearchAttributeType.KEYWORD);
const fromKey = defineSearchAttributeKey('BatonFrom', SearchAttributeType.KEYWORD);
const attributesKey = defineSearchAttributeKey('BatonAttributes', SearchAttributeType.KEYWORD_LIST);
const waitingKey = defineSearchAttributeKey('BatonWaiting', SearchAttributeType.BOOL);

export class PublicFace {
  private readonly state: RunState;
  private shownUrgent: string;
  private shownRest: string;
  private shownAttributes: string;
  private shownAtMs = Date.now();

  /** The execution was started with the face of this state. */
  constructor(state: RunState) {
    this.state = state;
    this.shownUrgent = urgentOf(state);
    this.shownRest = restOf(state);
    this.shownAttributes = JSON.stringify(attributesOf(state));
  }

  /** After the state has changed. */
  refresh(): void {
    if (urgentOf(this.state) !== this.shownUrgent) this.show({});
  }

  /** Writes the face, together with what the memo must hold anyway. */
  show(memo: Record<string, unknown>): void {
    upsertMemo({ ...memo, [memoKeys.face]: faceOf(this.state) });
    const attributes = attributesOf(this.state);
    const shown = JSON.stringify(attributes);
    if (shown !== this.shownAttributes) upsertSearchAttributes(attributes);
    this.shownAttributes = shown;
    this.shownUrgent = urgentOf(this.state);
    this.shownRest = restOf(this.state);
    this.shownAtMs = Date.now();
  }

  /** How the run failed, for those who look for failed runs. */
  showFailure({ code, step }: { code: string; step: string | null }): void {
    const build = workflowInfo().currentDeploymentVersion?.buildId ?? null;
    upsertSearchAttributes([
      { key: errorCodeKey, value: code },
      { key: failureKey, value: [code, step ?? '-', build ?? '-'].join(' ') },
      ...(step === null ? [] : [{ key: failedStepKey, value: step }]),
      ...(build === null ? [] : [{ key: buildKey, value: build }]),
    ]);
  }

  /** Shows what is stale once the interval is over; runs beside the main loop. */
  async keepFresh(): Promise<never> {
    for (;;) {
      await condition(() => this.isStale);
      await sleep(Math.max(1, this.shownAtMs + faceIntervalMs - Date.now()));
      if (this.isStale) this.show({});
    }
  }

  private get isStale(): boolean {
    return restOf(this.state) !== this.shownRest;
  }
}

function urgentOf(state: RunState): string {
  const open = state.questions.filter((question) => question.status === 'open').map(({ id }) => id);
  return [state.status, ...open].join(' ');
}

function restOf(state: RunState): string {
  return [Math.floor(state.progress * 100), ...state.current].join(' ');
}

export function faceOf(state: RunState): RunFace {
  return {
    blueprint: state.blueprint,
    status: state.status,
    owner: state.owner,
    current: state.current,
    progress: state.progress,
    openQuestions: state.questions
      .filter((question) => question.status === 'open')
      .map(({ id, kind, message }) => ({ id, kind, message: message.slice(0, 200) })),
    lastSeq: state.lastSeq,
  };
}

/** For a continue-as-new: attributes that are given replace all that were there, the unchanging ones too. */
export function allAttributesOf(state: RunState): SearchAttributePair[] {
  const owner = state.owner === null ? [] : [{ key: ownerKey, value: toSearchable(state.owner) }];
  const { typedSearchAttributes: there } = workflowInfo();
  const kept = [fromKey, attributesKey].flatMap((key) => {
    const value = there.get(key as typeof fromKey);
    return value === undefined ? [] : [{ key, value } as SearchAttributePair];
  });
  return [{ key: blueprintKey, value: state.blueprint }, ...owner, ...kept, ...attributesOf(state)];
}

/** Only what changes while a run is open; how it ended, Temporal's own status says, and for a failed one `showFailure`. */
function attributesOf(state: RunState): SearchAttributePair[] {
  const agents = state.current.map((step) => step.slice(0, step.lastIndexOf('#')));
  return [
    { key: statusKey, value: state.status },
    { key: agentKey, value: [...new Set(agents)] },
    { key: waitingKey, value: state.questions.some((question) => question.status === 'open') },
  ];
}
