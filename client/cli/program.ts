import { Command } from 'commander';
import { addActs } from './commands/act.ts';
import { addArchive } from './commands/archive.ts';
import { addAnswer } from './commands/answer.ts';
import { addBulk } from './commands/bulk.ts';
import { addDelete } from './commands/delete.ts';
import { addExport } from './commands/export.ts';
import { addFind } from './commands/find.ts';
import { addLists } from './commands/lists.ts';
import { addLogs } from './commands/logs.ts';
import { addShow } from './commands/show.ts';
import { addStart, type Finish } from './commands/start.ts';
import { addSteering } from './commands/steer.ts';
import { addWatch } from './commands/watch.ts';
import type { GlobalOptions, Session } from './session.ts';

const afterHelp = `
Environment:
  BATON_URL     address of the gateway (default http://127.0.0.1:8080)
  BATON_TOKEN   bearer token
  NO_COLOR      no colours

Exit codes:
  0  done; of a watched run: completed
  1  the run failed
  2  the command line is wrong
  3  the run was cancelled
  4  the run was terminated or timed out
  5  the gateway cannot be reached, or has no Temporal
  6  the gateway refused (no such run, not allowed, does not fit its schema …)
  130  Ctrl-C: what was watched goes on`;

export function buildProgram(session: Session, finish: Finish): Command {
  const program = new Command('baton')
    .description('Start, watch, answer and cancel durable runs of AI agents.')
    .option('-u, --url <url>', 'address of the gateway; default BATON_URL or http://127.0.0.1:8080')
    .option('-t, --token <token>', 'bearer token; BATON_TOKEN keeps it out of the process list')
    .option('--transport <name>', 'auto, websocket, sse or polling')
    .addHelpText('after', afterHelp)
    .configureOutput({
      writeOut: (text) => session.around.stdout.write(text),
      writeErr: (text) => session.around.stderr.write(text),
      getOutHelpWidth: () => Math.min(session.columns, 100),
      getErrHelpWidth: () => 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride()
    .showSuggestionAfterError()
    .hook('preAction', (_program, command) => session.configure(command.optsWithGlobals<GlobalOptions>()));
  addStart(program, session, finish);
  addWatch(program, session, finish);
  addFind(program, session);
  addLists(program, session);
  addShow(program, session);
  addExport(program, session);
  addArchive(program, session);
  addDelete(program, session);
  addAnswer(program, session, finish);
  addSteering(program, session, finish);
  addActs(program, session, finish);
  addBulk(program, session, finish);
  addLogs(program, session, finish);
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
}
