import type { RunStatus } from '../../client/index.ts';

/** Colour and a sign of its own, so that nothing depends on the colour alone. */
export const statusLooks: Readonly<Record<RunStatus, { sign: string; label: string; colour: string }>> = {
  pending: { sign: '○', label: 'on hold', colour: 'text-muted' },
  running: { sign: '▶', label: 'running', colour: 'text-busy' },
  waiting: { sign: '?', label: 'waiting for a person', colour: 'text-warn' },
  paused: { sign: '‖', label: 'paused', colour: 'text-warn' },
  stuck: { sign: '!', label: 'stuck', colour: 'text-bad' },
  cancelling: { sign: '…', label: 'cancelling', colour: 'text-warn' },
  completed: { sign: '✓', label: 'completed', colour: 'text-good' },
  failed: { sign: '✕', label: 'failed', colour: 'text-bad' },
  cancelled: { sign: '⊘', label: 'cancelled', colour: 'text-muted' },
  terminated: { sign: '■', label: 'terminated', colour: 'text-bad' },
  timed_out: { sign: '⌛', label: 'timed out', colour: 'text-bad' },
};
