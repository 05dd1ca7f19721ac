/** The value as text, with its lines numbered; where it is no JSON, that is said with its place. */
import { useRef } from 'react';
import { Button } from '../button.tsx';
import type { JsonFault } from './json-fault.ts';

export function JsonView({
  id,
  label,
  text,
  fault,
  isFaulty,
  describedBy,
  onChange,
}: {
  id: string;
  label: string;
  text: string;
  fault: JsonFault | null;
  isFaulty: boolean;
  describedBy: string;
  onChange: (text: string) => void;
}) {
  const editor = useRef<HTMLTextAreaElement>(null);
  const numbers = useRef<HTMLPreElement>(null);
  const lines = text.split('\n').length;
  const faultId = `${id}!syntax`;
  const goToFault = () => {
    if (fault === null || editor.current === null) return;
    const before = text.split('\n').slice(0, fault.line - 1);
    const at = before.reduce((sum, line) => sum + line.length + 1, 0) + fault.column - 1;
    editor.current.focus();
    editor.current.setSelectionRange(at, Math.min(at + 1, text.length));
  };
  return (
    <div>
      <div className="flex h-80 overflow-hidden rounded border border-muted/70 bg-surface font-mono text-sm leading-5">
        <pre
          ref={numbers}
          aria-hidden="true"
          className="select-none overflow-hidden border-r border-line bg-raised px-2 py-2 text-right text-muted"
        >
          {Array.from({ length: lines }, (_, index) => index + 1).join('\n')}
        </pre>
        <textarea
          ref={editor}
          id={id}
          aria-label={`${label}, as JSON`}
          aria-invalid={fault !== null || isFaulty || undefined}
          aria-describedby={`${faultId} ${describedBy}`}
          className="min-w-0 flex-1 resize-none whitespace-pre bg-transparent p-2 text-text"
          wrap="off"
          spellCheck={false}
          value={text}
          onChange={({ target }) => onChange(target.value)}
          onScroll={({ currentTarget }) => {
            if (numbers.current) numbers.current.scrollTop = currentTarget.scrollTop;
          }}
        />
      </div>
      {/* Of one height, so that nothing moves while one types. */}
      <div className="mt-1 flex min-h-8 flex-wrap items-center gap-2 text-sm">
        <p id={faultId} role="status" className="text-bad">
          {fault && `Line ${fault.line}, column ${fault.column}: ${fault.message}.`}
        </p>
        {fault && (
          <Button className="px-2 py-0.5" onPress={goToFault}>
            Go there
          </Button>
        )}
      </div>
    </div>
  );
}
