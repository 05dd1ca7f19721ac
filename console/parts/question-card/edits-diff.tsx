/** What was changed of a proposal, line by line. Lazy: for its library. */
import { diffLines } from 'diff';

/** So many lines around a change; the rest is counted. */
const around = 2;
/** Finding more differences than these takes too long for what a person reads. */
const mostEdits = 2_000;

export default function EditsDiff({ name, before, after }: { name: string; before: string; after: string }) {
  const changes = diffLines(ended(before), ended(after), { maxEditLength: mostEdits });
  return (
    <div
      role="region"
      aria-label={`Changes of ${name}`}
      tabIndex={0}
      className="max-h-72 overflow-auto rounded border border-line bg-surface p-2 font-mono text-sm"
    >
      {changes === undefined
        ? 'Nearly everything is changed.'
        : changes.flatMap(({ value, added, removed }, index) => {
            const lines = value.replace(/\n$/, '').split('\n');
            const isKept = !added && !removed;
            const isLong = isKept && lines.length > 2 * around + 1;
            const shown = isLong ? [...lines.slice(0, around), null, ...lines.slice(-around)] : lines;
            return shown.map((line, at) => (
              <Line
                key={`${index} ${at}`}
                sign={added ? '+' : removed ? '−' : ' '}
                text={line ?? `… ${lines.length - 2 * around} lines as they were`}
              />
            ));
          })}
    </div>
  );
}

const looks: Readonly<Record<string, { look: string; said: string }>> = {
  '+': { look: 'text-good', said: 'new: ' },
  '−': { look: 'text-bad line-through', said: 'gone: ' },
  ' ': { look: 'text-muted', said: '' },
};

function Line({ sign, text }: { sign: string; text: string }) {
  const { look, said } = looks[sign] ?? { look: '', said: '' };
  return (
    <p className="whitespace-pre-wrap break-words">
      <span aria-hidden="true" className="select-none">
        {sign}{' '}
      </span>
      <span className="sr-only">{said}</span>
      <span className={look}>{text}</span>
    </p>
  );
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
