/** Why a run failed, from the outermost to the innermost that is known: the run, its step, the attempts. Pure. */
import type { RunError, TimelineStep } from '../../../client/index.ts';

export interface ChainedFault {
  /** What failed, in words. */
  of: string;
  code: string;
  message: string;
  step: string | null;
}

const depthMax = 8;

export function faultChain(error: RunError, steps: readonly TimelineStep[]): ChainedFault[] {
  const step = steps.findLast((each) =>
    error.step === undefined ? each.status === 'failed' : each.step === error.step,
  );
  const failed = (step?.attempts ?? []).filter((attempt) => attempt.error !== null).toReversed();
  const chain = [
    ...nested('The run', error, error.step ?? null),
    ...(step?.error ? nested(`Step ${step.step}`, step.error, step.step) : []),
    ...failed.map((attempt) => ({
      of: `Attempt ${attempt.attempt}`,
      code: attempt.error?.code ?? '',
      message: attempt.error?.message ?? '',
      step: step?.step ?? null,
    })),
  ];
  // A cause that says what the one above it has said already says nothing.
  return chain.filter(({ code, message }, index) => {
    const above = chain[index - 1];
    return above === undefined || above.code !== code || above.message !== message;
  });
}

/** An error, and what it carries as its cause. */
function nested(of: string, error: Record<string, unknown>, step: string | null): ChainedFault[] {
  const chain: ChainedFault[] = [];
  for (let each: unknown = error; isFault(each) && chain.length < depthMax; each = each['cause']) {
    const { code, message } = each;
    chain.push({
      of: chain.length === 0 ? of : 'Because',
      code: textOf(code),
      message: textOf(message),
      step,
    });
  }
  return chain;
}

function isFault(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && 'message' in value;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
