/** Plays a plan against the engine: signals before any worker runs, then what people and operators do meanwhile. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isGrpcServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Engine } from '../../gateway/engine.ts';
import { BatonError } from '../../protocol/errors.ts';
import { signals, type AnswerSignal, type ResetSignal } from '../../protocol/execution.ts';
import type { RunEvent } from '../../protocol/schemas/event.ts';
import type { Question } from '../../protocol/schemas/question.ts';
import { anonymous } from '../harness/baton.ts';
import { noise } from './noise.ts';
import type { Disturbance, RunPlan } from './run-plan.ts';

const endings = new Set(['run.completed', 'run.failed', 'run.cancelled', 'run.terminated', 'run.timed_out']);
const endsWithinMs = 90_000;

export interface Drive {
  run: string;
  plan: RunPlan;
  engine: Engine;
  client: Client;
  /** What the reader who was there from the first moment has read. */
  log: RunEvent[];
}

/** Everything before the first worker. */
export async function begin(drive: Drive): Promise<void> {
  const { engine, client, plan, run } = drive;
  const { blueprint, scripts, hold } = plan;
  const input = blueprint === 'script' ? { steps: scripts } : { branches: scripts };
  await engine.runs.start({ blueprint, input, id: run, hold }, anonymous);
  const handle = client.workflow.getHandle(run);
  for (const [index, what] of plan.early.entries()) {
    if (what === 'noise') for (const payload of noise(index, 4)) await handle.signal(signals.emit, payload);
    if (what === 'answer') await handle.signal(signals.answer, answerTo('q-4'));
    if (what === 'begin') await handle.signal(signals.begin, { by: 'early' });
    if (what === 'cancel') await engine.runs.cancel(run, { reason: 'early' }, anonymous);
    if (what === 'native cancel') await handle.cancel();
    if (what === 'reset') await handle.signal(signals.reset, await earlyReset(drive));
  }
}

/** Until the run has ended for good. */
export async function live(drive: Drive): Promise<void> {
  const { plan, engine, run } = drive;
  if (plan.hold) await tolerate(engine.runs.begin(run, anonymous));
  const disturbed = plan.disturbances.map(async (disturbance) => {
    await delay(disturbance.atMs);
    await disturb(drive, disturbance);
  });
  await readToEnd(drive);
  await Promise.all(disturbed);
  // A reset may have made it go on, or a message does now.
  await readToEnd(drive);
  if (plan.next === 'nothing') return;
  await goOn(drive);
  await readToEnd(drive);
}

async function goOn({ engine, run, plan }: Drive): Promise<void> {
  const { blueprint, scripts } = plan;
  const again = blueprint === 'script' ? { steps: scripts } : { branches: scripts };
  if (plan.next === 'retry') await engine.runs.retry(run, anonymous);
  if (plan.next === 'message') await engine.runs.message(run, again, anonymous);
  if (plan.next === 'reset') await tolerate(engine.runs.reset(run, { step: 'scripted#1' }, anonymous));
}

/** Reads on, answering what is asked, until the log ends with an end. */
async function readToEnd(drive: Drive): Promise<void> {
  const { engine, run, log } = drive;
  const feed = await engine.feeds.open(run);
  const deadline = AbortSignal.timeout(endsWithinMs);
  const answering: Promise<void>[] = [];
  try {
    for (;;) {
      const more = new Promise<void>((resolve) => {
        const listening = feed.listen({ more: () => done(), live: () => undefined, gap: () => done() });
        const done = () => (listening[Symbol.dispose](), resolve());
        deadline.addEventListener('abort', done);
      });
      const page = await feed.read(log.length, 200);
      for (const { event } of page.entries) {
        log.push(event);
        if (event.type === 'question.asked') answering.push(answerAll(drive, event.data['question'] as Question));
      }
      if (page.entries.length > 0) continue;
      if (feed.ended && endings.has(log.at(-1)?.type ?? '')) break;
      if (deadline.aborted)
        throw new Error(
          `run ${run} does not end: ${log
            .slice(-6)
            .map((e) => `${e.seq} ${e.type}`)
            .join(', ')}`,
        );
      await more;
    }
  } finally {
    feed[Symbol.dispose]();
  }
  await Promise.all(answering);
}

async function answerAll({ engine, client, run, plan }: Drive, question: Question): Promise<void> {
  await delay(plan.answerAfterMs);
  if (plan.answerTwice) {
    // What an impatient client does: the same request again.
    const signal = answerTo(question.id);
    const handle = client.workflow.getHandle(run);
    await tolerate(Promise.all([handle.signal(signals.answer, signal), handle.signal(signals.answer, signal)]));
  }
  for (let count = 0; count < question.answersNeeded; count++)
    await tolerate(engine.runs.answer(run, question.id, { yes: true }, anonymous));
}

async function disturb(drive: Drive, what: Disturbance): Promise<void> {
  const { engine, client, run, log } = drive;
  const handle = client.workflow.getHandle(run);
  if (what.kind === 'cancel') await tolerate(engine.runs.cancel(run, { reason: 'enough', mode: what.mode }, anonymous));
  if (what.kind === 'half-cancel') {
    const signal = { reason: 'half', by: 'nobody', mode: 'graceful' };
    await tolerate(what.half === 'signal' ? handle.signal(signals.cancel, signal) : handle.cancel());
  }
  if (what.kind === 'reset') {
    const steps = log.filter(({ type }) => type === 'agent.started').map(({ step }) => step ?? '');
    const step = steps[what.step % Math.max(1, steps.length)];
    if (step !== undefined) await tolerate(engine.runs.reset(run, { step }, anonymous));
  }
  if (what.kind === 'noise') {
    for (const payload of noise(what.seed, 6)) await tolerate(handle.signal(signals.emit, payload));
    await tolerate(handle.signal(signals.reset, { cause: { type: 'run.reset' }, state: null }));
    await tolerate(handle.signal(signals.reset, { cause: { type: 'run.reset' }, state: {} }));
    await tolerate(handle.signal(signals.begin, null));
    await repeatEmits(drive);
  }
}

/** Sends again what agents of the newest execution have sent: each is worth nothing the second time. */
async function repeatEmits({ client, run }: Drive): Promise<void> {
  const handle = client.workflow.getHandle(run);
  const { events = [] } = await handle.fetchHistory();
  const sent = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
    signal?.signalName === signals.emit ? (signal.input?.payloads ?? []) : [],
  );
  const { runId } = (await handle.describe()) as { runId: string };
  for (const payload of sent.slice(-20)) {
    await tolerate(
      client.workflowService.signalWorkflowExecution({
        namespace: client.options.namespace,
        workflowExecution: { workflowId: run, runId },
        signalName: signals.emit,
        input: { payloads: [payload] },
        requestId: randomUUID(),
      }),
    );
  }
}

function answerTo(question: string): AnswerSignal {
  return { question, answer: { yes: true }, by: anonymous, at: new Date().toISOString(), requestId: randomUUID() };
}

/** To the very beginning, as the state stands before the first decision. */
async function earlyReset({ engine, run, plan }: Drive): Promise<ResetSignal> {
  const feed = await engine.feeds.open(run);
  const { source: _, ...state } = feed.view();
  feed[Symbol.dispose]();
  const input = plan.blueprint === 'script' ? { steps: plan.scripts } : { branches: plan.scripts };
  const data = { toStep: 'none', edits: null, by: 'early', request: randomUUID() };
  return { cause: { type: 'run.reset', at: new Date().toISOString(), data }, state, input };
}

const expected = new Set([
  'run_ended',
  'run_moved',
  'run_not_pending',
  'run_not_ended',
  'question_closed',
  'question_not_found',
  'answer_refused',
  'forbidden',
  'step_unknown',
]);

/** What comes too late, because the run has gone on or ended meanwhile, is refused and does no harm. */
async function tolerate(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const isLate =
      (error instanceof BatonError && expected.has(error.code)) ||
      error instanceof WorkflowNotFoundError ||
      (isGrpcServiceError(error) && error.code === 5);
    if (!isLate) throw error;
  }
}
