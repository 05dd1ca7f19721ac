/** Which events of a log are shown. Pure. */
import type { RunEvent } from '../../client/index.ts';

export interface LogFilter {
  /** A type, the beginning of some (`question.`), or `failures`; empty: every one. */
  type: string;
  agent: string;
  /** As in codesmith#2. */
  step: string;
  /** Anywhere in the event, in any case. */
  text: string;
}

export function readFilter(search: Readonly<Record<string, string | undefined>>): LogFilter {
  const { type = '', agent = '', step = '', q = '' } = search;
  return { type, agent, step, text: q };
}

export function isEmptyFilter({ type, agent, step, text }: LogFilter): boolean {
  return type === '' && agent === '' && step === '' && text.trim() === '';
}

const failures = /failed$|timed_out$|expired$|refused$/;

/** A test of events, made once for many. */
export function fitting({ type, agent, step, text }: LogFilter): (event: RunEvent) => boolean {
  const sought = text.trim().toLowerCase();
  const isType = typeTest(type);
  return (event) =>
    isType(event.type) &&
    (agent === '' || event.agent === agent) &&
    (step === '' || event.step === step) &&
    (sought === '' || JSON.stringify(event).toLowerCase().includes(sought));
}

function typeTest(type: string): (type: string) => boolean {
  if (type === '') return () => true;
  if (type === 'failures') return (each) => failures.test(each);
  return type.endsWith('.') ? (each) => each.startsWith(type) : (each) => each === type;
}
