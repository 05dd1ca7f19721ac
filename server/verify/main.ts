/** `baton verify`: on the code of this checkout, beside a running Baton or without any. It changes nothing. */
import { ConfigError, readConfig } from '../../runtime/config.ts';
import { createLog } from '../../runtime/log.ts';
import { worstOf, type Verification } from '../../protocol/schemas/verification.ts';
import { Replayer } from '../../worker/verify/replayer.ts';
import { reachable } from '../temporal/reachable.ts';
import { readArguments, usage, type VerifyArguments } from './arguments.ts';
import { fromFolder } from './from-folder.ts';
import { fromTemporal } from './from-temporal.ts';
import { linesOf, summaryOf } from './lines.ts';

const exitCodes = { notSame: 1, misused: 2 } as const;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const wanted = readArguments(process.argv.slice(2));
  if (wanted === null) return say(usage);
  const { dataDir } = wanted;
  const config = reachable(readConfig({ ...process.env, ...(dataDir === null ? {} : { BATON_DATA_DIR: dataDir }) }));
  const log = createLog('verify', 'silent');
  const replayer = await Replayer.open({ config, log });
  try {
    const { folder } = wanted;
    const found = folder === null ? fromTemporal(wanted, { config, log, replayer }) : fromFolder(folder, replayer);
    const all = await tell(found, wanted);
    if (worstOf(all) !== 'same') process.exitCode = exitCodes.notSame;
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

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ConfigError ? exitCodes.misused : exitCodes.notSame;
}
