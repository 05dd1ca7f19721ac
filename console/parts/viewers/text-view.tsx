import { useState } from 'react';
import { Button } from '../button.tsx';

const charactersAtOnce = 20_000;

/** As it is, with its line breaks. */
export function TextView({ text, label }: { text: string; label: string }) {
  const [shown, setShown] = useState(charactersAtOnce);
  if (text.length <= 200 && !text.includes('\n')) return <p className="break-words">{text}</p>;
  return (
    <>
      <div
        role="region"
        aria-label={label}
        tabIndex={0}
        className="max-h-[32rem] overflow-auto whitespace-pre-wrap break-words rounded border border-line bg-surface p-2"
      >
        {text.slice(0, shown)}
      </div>
      {text.length > shown && (
        <Button className="mt-1 text-sm" onPress={() => setShown(shown + charactersAtOnce)}>
          More ({text.length - shown} characters)
        </Button>
      )}
    </>
  );
}
