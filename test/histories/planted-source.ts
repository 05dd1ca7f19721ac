/** Blueprints that are as a deploy finds them, changed, or broken in one of six ways; and their agents. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { defineAgent, type Agent, type AgentContext } from '../../protocol/agent.ts';
import { createDataConverter } from '../../runtime/data-converter.ts';
import type { Log } from '../../runtime/log.ts';
import { workflowBundle, type WorkflowSource } from '../../worker/workflow-bundle.ts';
import { testConfig } from '../harness/temporal-server.ts';

export const plantedFolder = join(import.meta.dirname, '..', 'fixtures', 'planted-workflows');

export const faults = ['order', 'added', 'timer', 'renamed', 'condition', 'clock'] as const;
export type PlantedFault = (typeof faults)[number];

/** Bundled once; the variants differ from it in one word. */
export async function plantedSource(
  log: Log,
  folder: string,
  words: { planted?: PlantedFault | 'none'; build?: 'before' | 'patched' | 'careless' },
  /** Beside the planted ones. */
  folders: readonly string[] = [],
): Promise<WorkflowSource> {
  const { failureConverterPath } = createDataConverter(testConfig());
  let { code } = await workflowBundle(
    log,
    { folders: [...folders, plantedFolder] },
    failureConverterPath === undefined ? {} : { failureConverterPath },
  );
  for (const [place, word] of Object.entries(words)) {
    if (!code.includes(`@${place}@`)) throw new Error(`the bundle has no place for ${place}`);
    code = code.replaceAll(`@${place}@`, word);
  }
  const bundleFile = join(folder, `${Object.values(words).join('-')}.js`);
  await writeFile(bundleFile, code);
  return { bundleFile };
}

/** `run` is what each does before it is done. */
export function plantedAgents(run: (ctx: AgentContext, input: unknown) => Promise<void>): Agent[] {
  return ['first', 'second', 'second-renamed', 'extra'].map((name) =>
    defineAgent({
      contract: { name, description: 'of a test', input: z.unknown(), output: z.unknown(), repeatable: true },
      run: async (ctx, input) => {
        await run(ctx, input);
        return { done: name };
      },
    }),
  );
}
