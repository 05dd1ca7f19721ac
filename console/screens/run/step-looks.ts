import type { TimelineStep } from '../../../client/index.ts';

export interface StepLook {
  /** So that nothing depends on the colour alone. */
  sign: string;
  label: string;
  /** Of words about it. */
  colour: string;
  /** Of its bar in the timeline. */
  bar: string;
  /** Of its agent's frame in the picture of the path. */
  frame: string;
}

/** How a step looks, wherever it is shown. */
export const stepLooks: Readonly<Record<TimelineStep['status'], StepLook>> = {
  running: {
    sign: '▶',
    label: 'at work',
    colour: 'text-busy',
    bar: 'bg-busy/50 border-busy',
    frame: 'border-busy',
  },
  asking: {
    sign: '?',
    label: 'asks a person',
    colour: 'text-warn',
    bar: 'bg-warn/40 border-warn',
    frame: 'border-warn',
  },
  delegating: {
    sign: '…',
    label: 'waits for another agent',
    colour: 'text-busy',
    bar: 'bg-busy/30 border-busy',
    frame: 'border-busy border-dashed',
  },
  paused: {
    sign: '‖',
    label: 'paused',
    colour: 'text-warn',
    bar: 'bg-warn/30 border-warn',
    frame: 'border-warn border-dashed',
  },
  completed: {
    sign: '✓',
    label: 'completed',
    colour: 'text-good',
    bar: 'bg-good/45 border-good',
    frame: 'border-line',
  },
  failed: {
    sign: '✕',
    label: 'failed',
    colour: 'text-bad',
    bar: 'bg-bad/50 border-bad',
    frame: 'border-bad',
  },
  abandoned: {
    sign: '⊘',
    label: 'abandoned',
    colour: 'text-muted',
    bar: 'bg-muted/30 border-muted',
    frame: 'border-line',
  },
};
