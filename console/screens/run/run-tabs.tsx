import { memo } from 'react';
import { TabLink } from './tab-link.tsx';

export const runTabs = [
  { tab: 'overview', label: 'Overview' },
  { tab: 'timeline', label: 'Timeline' },
  { tab: 'events', label: 'Events' },
  { tab: 'logs', label: 'Logs' },
  { tab: 'data', label: 'Input and result' },
  { tab: 'history', label: 'History' },
] as const;

/** Each tab is an address of its own. */
export const RunTabs = memo(function RunTabs({ current }: { current: string }) {
  return (
    <nav aria-label="Parts of the run" className="mb-4 flex flex-wrap gap-x-1 border-b border-line">
      {runTabs.map(({ tab, label }) => (
        <TabLink
          key={tab}
          tab={tab}
          isCurrent={tab === current}
          staysInPlace
          className={`-mb-px border-b-2 px-3 py-2 ${
            tab === current ? 'border-accent font-medium text-text' : 'border-transparent text-muted hover:text-text'
          }`}
        >
          {label}
        </TabLink>
      ))}
    </nav>
  );
});
