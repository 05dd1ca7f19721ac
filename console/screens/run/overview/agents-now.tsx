/** Who is at work now: how far, with what, how fast, and what a model writes as it comes. */
import { useLayoutEffect, useRef } from 'react';
import type { AgentState, PendingStep, RunView } from '../../../../client/index.ts';
import type { LiveStep } from '../../../live/live-step.ts';
import { rateOf } from '../../../live/progress-rate.ts';
import { useNow } from '../../../live/use-now.ts';
import { durationText } from '../../../parts/duration.ts';
import { Progress } from '../../../parts/progress.tsx';

interface AgentsNowProps {
  state: RunView;
  live: ReadonlyMap<string, LiveStep>;
  pending: readonly PendingStep[];
}

export function AgentsNow({ state, live, pending }: AgentsNowProps) {
  const atWork = Object.entries(state.agents).filter(([, { endedAt }]) => endedAt === null);
  if (state.endedAt !== null) return null;
  return (
    <section aria-label="At work now" className="rounded border border-line bg-surface p-3">
      <h2 className="mb-2 font-semibold">At work now</h2>
      {atWork.length === 0 && <p className="text-muted">{idleWords(state)}</p>}
      <ul className="space-y-4">
        {atWork.map(([name, agent]) => (
          <li key={agent.step}>
            <AgentNow
              name={name}
              agent={agent}
              live={live.get(agent.step)}
              pending={pending.find(({ step }) => step === agent.step)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function idleWords({ status }: RunView): string {
  if (status === 'pending') return 'The run is on hold: it waits to be begun.';
  if (status === 'paused') return 'The run is paused.';
  if (status === 'stuck') return 'Nobody: the run stands still.';
  return 'Nobody: the supervisor decides what comes next.';
}

interface AgentNowProps {
  name: string;
  agent: AgentState;
  live: LiveStep | undefined;
  pending: PendingStep | undefined;
}

function AgentNow({ name, agent, live, pending }: AgentNowProps) {
  const now = useNow();
  const said = live !== undefined && live.attempt >= agent.attempt ? live : undefined;
  const fraction = Math.max(agent.progress, said?.fraction ?? 0);
  const rate = said === undefined ? null : rateOf(said.samples);
  return (
    <>
      <div className="mb-1 flex flex-wrap items-baseline gap-x-3 text-sm">
        <span className="font-medium">{name}</span>
        <span className="font-mono text-muted">{agent.step}</span>
        <span className="text-muted">{standing(agent, pending, now)}</span>
        <span className="ml-auto tabular-nums">{Math.round(fraction * 100)} %</span>
      </div>
      <Progress fraction={fraction} label={`Progress of ${agent.step}`} />
      <div className="mt-1 flex min-h-6 gap-3 text-sm text-muted">
        <span className="min-w-0 grow truncate">{said?.message || agent.message}</span>
        <span className="shrink-0 tabular-nums">
          {rate !== null && `${percent(rate.perMinute)} a minute, about ${durationText(rate.remainingMs)} left`}
        </span>
      </div>
      {said !== undefined && said.text !== '' && <StreamedText step={agent.step} text={said.text} />}
    </>
  );
}

function percent(fraction: number): string {
  const value = fraction * 100;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} %`;
}

const pendingWords: Readonly<Record<PendingStep['state'], string>> = {
  queued: 'waits for a worker',
  at_work: 'at work',
  backoff: 'waits for its next attempt',
  paused: 'paused',
  pausing: 'is being paused',
  cancelling: 'is being cancelled',
};

function standing(agent: AgentState, pending: PendingStep | undefined, now: number): string {
  const words = [
    agent.status === 'asking'
      ? 'asks a person'
      : agent.status === 'delegating'
        ? 'waits for another agent'
        : pendingWords[pending?.state ?? 'at_work'],
  ];
  if (agent.attempt > 1) words.push(`attempt ${agent.attempt}`);
  if (pending?.nextAttemptAt)
    words.push(`next in ${durationText(Math.max(0, Date.parse(pending.nextAttemptAt) - now))}`);
  words.push(`for ${durationText(Math.max(0, now - Date.parse(agent.startedAt)))}`);
  return words.join(', ');
}

/** What a model writes. Its end stays in sight, unless somebody reads further up. */
function StreamedText({ step, text }: { step: string; text: string }) {
  const box = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    if (box.current && isAtEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [text]);
  return (
    <pre
      ref={box}
      tabIndex={0}
      role="region"
      aria-label={`What ${step} writes`}
      className="mt-1 h-48 overflow-auto whitespace-pre-wrap break-words rounded bg-raised p-2 font-mono text-[13px]"
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
        (isAtEnd.current = scrollHeight - scrollTop - clientHeight < 24)
      }
    >
      {text}
    </pre>
  );
}
