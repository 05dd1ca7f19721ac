import type { Verification } from '../../../../client/index.ts';

const words: Readonly<Record<Verification['verdict'], { sign: string; text: string; colour: string }>> = {
  same: { sign: '✓', text: 'does what the history says', colour: 'text-good' },
  differs: { sign: '✕', text: 'does something else than the history says', colour: 'text-bad' },
  unknown_blueprint: { sign: '✕', text: 'has no such blueprint any more', colour: 'text-bad' },
  unreadable: { sign: '!', text: 'could not be tried: the history cannot be replayed', colour: 'text-warn' },
};

/** Whether the code of the workers still fits a run, and where it does not. */
export function VerificationView({ verification: { verdict, executions, build } }: { verification: Verification }) {
  const { sign, text, colour } = words[verdict];
  const wrong = executions.filter((each) => each.verdict !== 'same');
  return (
    <div>
      <p className={colour}>
        <span aria-hidden="true">{sign} </span>
        Today’s code (build {build}) {text}
        {executions.length > 1 && `, over ${executions.length} executions`}.
      </p>
      {wrong.length > 0 && (
        <ul className="mt-1 space-y-1">
          {wrong.map(({ execution, event, why, verdict: own }) => (
            <li key={execution} className="break-words">
              <span className="font-mono text-muted">{execution}</span>: {words[own].text}
              {event !== null && `, at entry ${event.id}, ${event.type}`}
              {why !== null && <span className="block whitespace-pre-wrap text-muted">{why}</span>}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
