/** Lines of agents' logs, the newest first. What agents write is text, whatever it looks like. */
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { LogLine } from '../../../client/index.ts';
import type { FollowedLines } from '../../live/use-log-lines.ts';
import { Button } from '../button.tsx';
import { Fault } from '../fault.tsx';
import { When } from '../when.tsx';
import { fieldsText } from './fields-text.ts';

const colours: Readonly<Record<LogLine['level'], string>> = {
  debug: 'text-muted',
  info: 'text-busy',
  warn: 'text-warn',
  error: 'text-bad',
};

interface LogListProps extends FollowedLines {
  label: string;
  /** Each line leads to its run. */
  showsRun?: boolean;
}

export function LogList({ shown, error, older, label, showsRun = false }: LogListProps) {
  return (
    <>
      {error !== null && <Fault error={error} />}
      {shown === null ? (
        error === null && <p className="min-h-40 text-muted">Reading</p>
      ) : (
        <>
          {!shown.available && <p className="text-warn">None can be read here: {shown.reason}</p>}
          {shown.available && shown.lines.length === 0 && <p className="min-h-40 text-muted">Nothing yet.</p>}
          {shown.lines.length > 0 && (
            <div tabIndex={0} role="region" aria-label={label} className="max-h-[32rem] overflow-auto">
              <ol className="divide-y divide-line text-sm">
                {shown.lines.toReversed().map((line) => (
                  <LogRow key={line.id} line={line} showsRun={showsRun} />
                ))}
              </ol>
              {older && (
                <Button className="my-2" onPress={older}>
                  Show older ones
                </Button>
              )}
            </div>
          )}
        </>
      )}
    </>
  );
}

const LogRow = memo(function LogRow({ line, showsRun }: { line: LogLine; showsRun: boolean }) {
  const { at, level, run, step, attempt, message, fields, unreadable } = line;
  const said = fieldsText(fields);
  return (
    <li className="flex flex-wrap gap-x-3 py-1">
      <span className="text-muted">
        <When at={at} />
      </span>
      <span className={`w-10 font-medium ${colours[level]}`}>{level}</span>
      {showsRun && (
        <Link
          to="/runs/$run/$tab"
          params={{ run, tab: 'logs' }}
          search={{ step }}
          className="max-w-full break-all text-accent underline"
        >
          {run}
        </Link>
      )}
      <span className="break-all font-mono">{step}</span>
      <span className="text-muted">attempt {attempt}</span>
      {unreadable === undefined ? (
        <span className="w-full whitespace-pre-wrap break-words">{message}</span>
      ) : (
        <span className="w-full break-words text-warn">{unreadable}</span>
      )}
      {said !== '' && <span className="w-full whitespace-pre-wrap break-all font-mono text-xs text-muted">{said}</span>}
    </li>
  );
});
