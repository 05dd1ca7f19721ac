import { relative } from 'node:path';
import type { ExecutionVerdict, Verification } from '../../protocol/schemas/verification.ts';
import { historyFiles, readHistoryFile } from '../../worker/verify/read-histories.ts';
import type { Replayer } from '../../worker/verify/replayer.ts';

/** One for each file. Throws where there is no such folder, or nothing in it: a check that saw nothing has not passed. */
export async function* fromFolder(folder: string, replayer: Replayer): AsyncGenerator<Verification> {
  const files = await historyFiles(folder);
  if (files.length === 0) throw new Error(`there is no .json file in ${folder}`);
  for (const file of files) {
    const name = relative(folder, file);
    const verdict = await verifyFile(file, name, replayer);
    yield { run: name, verdict: verdict.verdict, executions: [verdict], build: replayer.build };
  }
}

async function verifyFile(file: string, name: string, replayer: Replayer): Promise<ExecutionVerdict> {
  try {
    return await replayer.verify({ execution: name, history: await readHistoryFile(file) });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { execution: name, blueprint: null, verdict: 'unreadable', entries: 0, event: null, why };
  }
}
