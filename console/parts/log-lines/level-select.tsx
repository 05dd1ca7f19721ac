import { logLevels, type LogLine } from '../../../client/index.ts';

const labels: Readonly<Record<LogLine['level'], string>> = {
  debug: 'Every level',
  info: 'Info and above',
  warn: 'Warnings and errors',
  error: 'Errors',
};

/** Of the address: anything else is every level. */
export function levelOf(text: string | undefined): LogLine['level'] {
  return logLevels.find((level) => level === text) ?? 'debug';
}

export function LevelSelect({
  value,
  onChange,
}: {
  value: LogLine['level'];
  onChange: (level: string | null) => void;
}) {
  return (
    <select
      aria-label="Level"
      className="h-8 min-w-0 rounded border border-line bg-surface px-2 text-sm text-text"
      value={value}
      onChange={({ target }) => onChange(target.value === 'debug' ? null : target.value)}
    >
      {logLevels.map((level) => (
        <option key={level} value={level}>
          {labels[level]}
        </option>
      ))}
    </select>
  );
}
