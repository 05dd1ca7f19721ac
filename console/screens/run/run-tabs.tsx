import { Link } from '@tanstack/react-router';
import { memo } from 'react';

export const runTabs = [
  { tab: 'overview', label: 'Overview' },
  { tab: 'timeline', label: 'Timeline' },
  { tab: 'events', label: 'Events' },
  { tab: 'data', label: 'Input and result' },
  { tab: 'history', label: 'History' },
] as const;

/** Each tab is an address of its own; the step that is selected stays so, and what is being prepared. */
export const RunTabs = memo(function RunTabs({ run, current }: { run: string; current: string }) {
  return (
    <nav aria-label="Parts of the run" className="mb-4 flex flex-wrap gap-x-1 border-b border-line">
      {runTabs.map(({ tab, label }) => (
        <Link
          key={tab}
          to="/runs/$run/$tab"
          params={{ run, tab }}
          search={({ selectedStep, act }: Record<string, string | undefined>) => ({
            ...(selectedStep !== undefined && { selectedStep }),
            ...(act !== undefined && { act }),
          })}
          resetScroll={false}
          aria-current={tab === current ? 'page' : undefined}
          className={`-mb-px border-b-2 px-3 py-2 ${
            tab === current ? 'border-accent font-medium text-text' : 'border-transparent text-muted hover:text-text'
          }`}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
});
