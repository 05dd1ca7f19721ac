import type { Command } from 'commander';
import { counted, plain } from '../render/text.ts';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import type { Deletion } from '../../types.ts';
import { confirmed } from './confirm-act.ts';

interface DeleteFlags {
  owner?: string;
  all?: true;
  terminate?: true;
  yes?: true;
  json?: true;
}

export function addDelete(program: Command, session: Session): void {
  program
    .command('delete')
    .summary('delete a run for good, with all that it has stored')
    .description('Delete an ended run for good: log, blobs, payloads, archive, crawled pages. Nothing brings it back.')
    .argument('[run]')
    .option('--owner <name>', 'every run of this owner, where they are few; say --all, too')
    .option('--all', 'with --owner: every run is meant')
    .option('--terminate', 'terminate what has not ended')
    .option('-y, --yes', 'do not ask before it is done')
    .option('--json', 'what was there, as JSON')
    .action(async (run: string | undefined, flags: DeleteFlags) => {
      const { owner, all, json } = flags;
      if ((run === undefined) === (owner === undefined)) throw new UsageError('give a run, or --owner and --all');
      if (owner !== undefined && all !== true) throw new UsageError('every run of the owner is meant: say --all, too');
      const what = run === undefined ? `every run of ${plain(owner)}` : plain(run);
      if (session.isInteractive && !flags.yes && !(await confirmed(session, `delete ${what} for good?`))) return;
      const options = { terminate: flags.terminate === true };
      if (run !== undefined) {
        const deleted = await session.client.delete(run, options);
        if (json) session.printJson(deleted);
        else session.print(deletionLine(deleted));
        return;
      }
      const deleted = await session.client.deleteOwner(owner ?? '', options);
      if (json) session.printJson(deleted);
      else
        session.print(
          ...deleted.runs.map(deletionLine),
          `${plain(owner)}: ${counted(deleted.runs.length, 'run')} deleted`,
        );
    });
}

function deletionLine({ run, executions, blobs, payloads, sources, logLines, archived, pending }: Deletion): string {
  const counts = {
    execution: executions,
    blob: blobs,
    payload: payloads,
    'crawled site': sources,
    'line of log': logLines,
  };
  const there = Object.entries(counts).flatMap(([name, count]) => (count === 0 ? [] : [counted(count, name)]));
  if (archived) there.push('archived');
  if (pending) there.push('Temporal still deletes the log');
  return there.length === 0 ? `${plain(run)}: there was nothing` : `${plain(run)} deleted: ${there.join(', ')}`;
}
