import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { RunSummary } from '../../../client/index.ts';
import { ageText } from '../../parts/age.ts';
import { durationText } from '../../parts/duration.ts';
import { Progress } from '../../parts/progress.tsx';
import { atWords, tookMs, waitWords } from './run-words.ts';
import { StatusMark } from './status-mark.tsx';

export interface RunRowProps {
  run: RunSummary;
  index: number;
  now: number;
  isPicked: boolean;
  /** Whether it is the one that Tab comes to. */
  isReached: boolean;
  /** null: nothing can be picked. */
  onPick: ((index: number, id: string, isRange: boolean) => void) | null;
  onReach: (index: number) => void;
}

/** Cells of a row of the table. */
export const RunRow = memo(function RunRow(props: RunRowProps) {
  const { run, now, onPick } = props;
  const waits = waitWords(run);
  const at = atWords(run);
  return (
    <>
      {onPick && (
        <span role="cell">
          <PickBox {...props} onPick={onPick} />
        </span>
      )}
      <span role="cell">
        <StatusMark status={run.status} />
      </span>
      <span role="cell" className="truncate">
        <RunLink {...props} />
      </span>
      <span role="cell" className="truncate" title={run.blueprint}>
        {run.blueprint}
      </span>
      <span role="cell" className={`truncate ${run.failure === null ? '' : 'text-bad'}`} title={at}>
        {at}
      </span>
      <span role="cell">
        <RowProgress run={run} />
      </span>
      <span role="cell" className="hidden truncate min-[72rem]:block" title={waits}>
        {waits}
      </span>
      <span role="cell" className="tabular-nums" title={new Date(run.startedAt).toLocaleString()}>
        {ageText(now - Date.parse(run.startedAt))}
      </span>
      <span role="cell" className="hidden whitespace-nowrap tabular-nums min-[72rem]:block">
        {durationText(tookMs(run, now))}
      </span>
      <span role="cell" className="hidden truncate min-[72rem]:block" title={run.owner ?? ''}>
        {run.owner ?? <span className="text-muted">nobody</span>}
      </span>
    </>
  );
});

/** The same where there is room for one column. */
export const RunCard = memo(function RunCard(props: RunRowProps) {
  const { run, now, onPick } = props;
  const waits = waitWords(run);
  const at = atWords(run);
  return (
    <div className="flex h-full gap-2 px-2 py-1.5">
      {onPick && <PickBox {...props} onPick={onPick} />}
      <div className="grid min-w-0 flex-1 grid-cols-1 content-start gap-0.5">
        <div className="flex items-baseline justify-between gap-2">
          <span className="min-w-0 truncate">
            <RunLink {...props} />
          </span>
          <span className="shrink-0 text-sm tabular-nums text-muted">{ageText(now - Date.parse(run.startedAt))}</span>
        </div>
        <div className="flex items-center justify-between gap-2 text-sm">
          <StatusMark status={run.status} />
          <span className="min-w-0 truncate text-muted">
            {run.blueprint}
            {run.owner !== null && `, ${run.owner}`}
          </span>
        </div>
        <div className="flex items-center justify-between gap-3 text-sm">
          <span className={`min-w-0 flex-1 truncate ${run.failure === null ? '' : 'text-bad'}`}>
            {waits || at || ' '}
          </span>
          <span className="w-24 shrink-0">
            <RowProgress run={run} />
          </span>
          <span className="w-24 shrink-0 whitespace-nowrap text-right tabular-nums text-muted">
            {durationText(tookMs(run, now))}
          </span>
        </div>
      </div>
    </div>
  );
});

function PickBox({
  run,
  index,
  isPicked,
  isReached,
  onPick,
}: RunRowProps & { onPick: NonNullable<RunRowProps['onPick']> }) {
  return (
    <label className="flex size-6 cursor-pointer items-center justify-center">
      <input
        type="checkbox"
        className="size-4 cursor-pointer"
        aria-label={`Pick ${run.id}`}
        tabIndex={isReached ? 0 : -1}
        checked={isPicked}
        // The click, since a change does not say whether Shift was held.
        onClick={(event) => onPick(index, run.id, event.shiftKey)}
        onChange={() => undefined}
      />
    </label>
  );
}

function RunLink({ run, index, isReached, onReach }: RunRowProps) {
  return (
    <Link
      to="/runs/$run"
      params={{ run: run.id }}
      search={{}}
      preload={false}
      data-open
      tabIndex={isReached ? 0 : -1}
      className="text-accent underline-offset-2 hover:underline focus-visible:[outline-offset:-2px]"
      title={run.id}
      onFocus={() => onReach(index)}
    >
      {run.id}
    </Link>
  );
}

function RowProgress({ run }: { run: RunSummary }) {
  return (
    <span className="flex items-center gap-1.5">
      <Progress fraction={run.progress} label={`Progress of ${run.id}`} />
      <span className="w-12 shrink-0 whitespace-nowrap text-right text-sm tabular-nums text-muted">
        {Math.round(run.progress * 100)} %
      </span>
    </span>
  );
}
