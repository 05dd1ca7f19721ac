import type { TimelineStep } from '../../../client/index.ts';

const looks: Readonly<Record<TimelineStep['status'], { sign: string; label: string; colour: string }>> = {
  running: { sign: '▶', label: 'at work', colour: 'text-busy' },
  asking: { sign: '?', label: 'asks a person', colour: 'text-warn' },
  delegating: { sign: '…', label: 'waits for another agent', colour: 'text-busy' },
  paused: { sign: '⏸', label: 'paused', colour: 'text-warn' },
  completed: { sign: '✓', label: 'completed', colour: 'text-good' },
  failed: { sign: '✕', label: 'failed', colour: 'text-bad' },
  abandoned: { sign: '⊘', label: 'abandoned', colour: 'text-muted' },
};

export function StepStatus({ status }: { status: TimelineStep['status'] }) {
  const { sign, label, colour } = looks[status];
  return (
    <span className={`whitespace-nowrap ${colour}`}>
      <span aria-hidden="true">{sign} </span>
      {label}
    </span>
  );
}
