import type { Command } from 'commander';
import { parseCount } from '../arguments.ts';
import type { Session } from '../session.ts';
import { watch } from '../watch/watch-command.ts';
import type { Finish } from './start.ts';

export function addWatch(program: Command, session: Session, finish: Finish): void {
  program
    .command('watch')
    .summary('show a run until it ends')
    .description(
      'Show a run until it ends. In a terminal its questions can be answered right here. Ctrl-C leaves it going.',
    )
    .argument('<run>')
    .option('--after <seq>', 'show what comes after this event', '0')
    .option('--follow', 'stay after the end, for a run that is continued, retried or reset')
    .option('--no-ask', 'do not ask its questions here')
    .option('--json', 'one event a line, as JSON')
    .action(async (run: string, flags: { after: string; follow?: true; ask: boolean; json?: true }) => {
      const after = parseCount(flags.after, '--after', 0);
      const settings = { after, json: flags.json === true, follow: flags.follow === true, ask: flags.ask };
      finish(await watch(session, run, settings));
    });
}
