import { useState } from 'react';
import { Button } from '../button.tsx';

/** Lines that are shown at first, and with each step more. */
const linesAtOnce = 2_000;

/** Text with its lines numbered. HTML is text here, too. */
export function CodeView({ text, label }: { text: string; label: string }) {
  const [shown, setShown] = useState(linesAtOnce);
  const lines = text.split('\n');
  const some = lines.slice(0, shown);
  return (
    <>
      <div
        role="region"
        aria-label={label}
        tabIndex={0}
        className="flex max-h-[32rem] overflow-auto rounded border border-line bg-surface font-mono text-sm leading-5"
      >
        <pre
          aria-hidden="true"
          className="sticky left-0 h-max min-h-full select-none border-r border-line bg-raised px-2 py-2 text-right text-muted"
        >
          {some.map((_, index) => index + 1).join('\n')}
        </pre>
        <pre className="h-max flex-1 p-2">{some.join('\n')}</pre>
      </div>
      {lines.length > shown && (
        <Button className="mt-1 text-sm" onPress={() => setShown(shown + linesAtOnce)}>
          More ({lines.length - shown} lines)
        </Button>
      )}
    </>
  );
}
