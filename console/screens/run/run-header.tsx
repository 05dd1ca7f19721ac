/** How the run stands, and what may be done with it now. */
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { RunView } from '../../../client/index.ts';
import type { LiveStep } from '../../live/live-step.ts';
import { useNow } from '../../live/use-now.ts';
import { durationText } from '../../parts/duration.ts';
import { Progress } from '../../parts/progress.tsx';
import { Status } from '../../parts/status.tsx';
import { When } from '../../parts/when.tsx';
import { RunActions } from './run-actions.tsx';

interface HeaderProps {
  run: string;
  state: RunView;
  live: ReadonlyMap<string, LiveStep>;
}

export function RunHeader({ run, state, live }: HeaderProps) {
  const isOpen = state.endedAt === null;
  const now = useNow(isOpen);
  const tookMs = (isOpen ? now : Date.parse(state.endedAt ?? '')) - Date.parse(state.startedAt);
  return (
    <section aria-label="Standing" className="mb-4 rounded border border-line bg-surface p-3">
      <div className="flex flex-wrap items-start gap-x-6 gap-y-3">
        <dl className="grid grow grid-cols-2 gap-x-6 gap-y-2 text-sm sm:flex sm:flex-wrap">
          <Fact name="Status">
            <Status status={state.status} />
          </Fact>
          <Fact name="Blueprint">
            <BlueprintLink blueprint={state.blueprint} />
          </Fact>
          <Fact name="Owner">{state.owner ?? <span className="text-muted">nobody</span>}</Fact>
          <Fact name="Started">
            <When at={state.startedAt} />
          </Fact>
          <Fact name={isOpen ? 'Running for' : 'Took'}>
            <span className="inline-block min-w-24 tabular-nums">{durationText(Math.max(0, tookMs))}</span>
          </Fact>
        </dl>
        <RunActions run={run} state={state} />
      </div>
      <RunProgress state={state} live={live} />
    </section>
  );
}

const BlueprintLink = memo(function BlueprintLink({ blueprint }: { blueprint: string }) {
  return (
    <Link to="/runs" search={{ blueprint }} className="text-accent underline">
      {blueprint}
    </Link>
  );
});

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-muted">{name}</dt>
      <dd className="m-0 truncate">{children}</dd>
    </div>
  );
}

/** Of the whole run, with what the agent at work said last. Of one height, whether something is said or not. */
function RunProgress({ state, live }: Omit<HeaderProps, 'run'>) {
  const step = state.current.at(-1);
  const agent = Object.values(state.agents).find((each) => each.step === step && each.endedAt === null);
  const message = (step === undefined ? undefined : live.get(step)?.message) || agent?.message || '';
  return (
    <div className="mt-3">
      <div className="mb-1 flex min-h-6 gap-3 text-sm">
        <span className="min-w-0 grow truncate text-muted">
          {step !== undefined && <span className="font-mono">{step}</span>}
          {message !== '' && ` · ${message}`}
        </span>
        <span className="tabular-nums">{Math.round(state.progress * 100)} %</span>
      </div>
      <Progress fraction={state.progress} label="Progress of the run" />
    </div>
  );
}
