/** `baton verify`: on the code of this checkout, beside a running Baton or without any. It changes nothing. */
import { createLog } from '../../runtime/log.ts';
import { worstOf, type Verification } from '../../protocol/schemas/verification.ts';
import { Replayer } from '../../worker/verify/replayer.ts';
import { configFor, exitCodes, runCommand, say } from '../command-line.ts';
import { reachable } from '../temporal/reachable.ts';
import { readArguments, usage, type VerifyArguments } from './arguments.ts';
import { fromFolder } from './from-folder.ts';
import { fromTemporal } from './from-temporal.ts';
import { linesOf, summaryOf } from './lines.ts';

async function main(args: readonly string[]): Promise<void> {
  const wanted = readArguments(args);
  if (wanted === null) return say(usage);
  const config = reachable(configFor(wanted.dataDir));
  const log = createLog('verify', 'silent');
  const replayer = await Replayer.open({ config, log });
  try {
    const { folder } = wanted;
    const found = folder === null ? fromTemporal(wanted, { config, log, replayer }) : fromFolder(folder, replayer);
    const all = await tell(found, wanted);
    if (worstOf(all) !== 'same') process.exitCode = exitCodes.failed;
  } finally {
    await replayer.close();
  }
}

async function tell(found: AsyncIterable<Verification>, { json }: VerifyArguments): Promise<Verification[]> {
  const all: Verification[] = [];
  for await (const verification of found) {
    all.push(verification);
    if (json) say(JSON.stringify(verification));
    else for (const line of linesOf(verification)) say(line);
  }
  if (!json) say(summaryOf(all));
  return all;
}

await runCommand(main, [Error]);
