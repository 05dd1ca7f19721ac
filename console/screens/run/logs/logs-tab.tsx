/** What the run's agents have written with the log of their context. */
import { client } from '../../../app/client.ts';
import { useRunStore } from '../../../live/use-run.ts';
import { FollowedLogs } from '../../../parts/log-lines/followed-logs.tsx';

const byStep = { key: 'step', label: 'Step', placeholder: 'Step, as in codesmith#2' } as const;

export function LogsTab() {
  const { run } = useRunStore();
  return (
    <section aria-label="Logs of agents">
      <FollowedLogs name={run} filter={byStep} read={(query) => client.logs(run, query)}>
        <span className="text-sm text-muted">What agents note for themselves; what they tell is under Events.</span>
      </FollowedLogs>
    </section>
  );
}
