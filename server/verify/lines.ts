/** Verdicts for people. */
import { verdicts, type Verification } from '../../protocol/schemas/verification.ts';

/** One line where all is the same; else one for each execution that is not. */
export function linesOf({ run, verdict, executions }: Verification): string[] {
  if (verdict === 'same') return [`same     ${run}`];
  return executions
    .filter((each) => each.verdict !== 'same')
    .map(({ execution, verdict: found, event, why }) => {
      const where = executions.length > 1 ? ` (execution ${execution})` : '';
      const at = event === null ? '' : ` at entry ${event.id}, ${event.type}`;
      return `${words[found].padEnd(8)} ${run}${where}${at}: ${why ?? ''}`;
    });
}

const words = { same: 'same', differs: 'differs', unknown_blueprint: 'unknown', unreadable: 'unread' } as const;

export function summaryOf(all: readonly Verification[]): string {
  const counts = verdicts
    .map((verdict) => ({ verdict, count: all.filter((each) => each.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${verdict.replace('_', ' ')}`);
  return `${all.length} verified on build ${all[0]?.build ?? '-'}: ${counts.join(', ')}.`;
}
