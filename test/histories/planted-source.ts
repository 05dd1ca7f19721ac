/** The blueprint `planted`, unbroken and broken in each of six ways, and agents that do nothing. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { defineAgent, type Agent } from '../../protocol/agent.ts';
import { createDataConverter } from '../../runtime/data-converter.ts';
import type { Log } from '../../runtime/log.ts';
import { workflowBundle, type WorkflowSource } from '../../worker/workflow-bundle.ts';
import { testConfig } from '../harness/temporal-server.ts';

export const plantedFolder = join(import.meta.dirname, '..', 'fixtures', 'planted-workflows');

export const faults = ['order', 'added', 'timer', 'renamed', 'condition', 'clock'] as const;
export type PlantedFault = (typeof faults)[number];

/** Bundled once; the variants differ from it in one word. */
export async function plantedSource(log: Log, folder: string, fault: PlantedFault | 'none'): Promise<WorkflowSource> {
  const { failureConverterPath } = createDataConverter(testConfig());
  const { code } = await workflowBundle(
    log,
    { folders: [plantedFolder] },
    failureConverterPath === undefined ? {} : { failureConverterPath },
  );
  const word = /@planted@/g;
  // In the source map's copy of the source there may be others.
  if ((code.match(word) ?? []).length === 0) throw new Error('the bundle has no place for a fault');
  const bundleFile = join(folder, `${fault}.js`);
  await writeFile(bundleFile, code.replaceAll(word, fault));
  return { bundleFile };
}

const contract = (name: string) => ({
  name,
  description: 'does nothing',
  input: z.unknown(),
  output: z.unknown(),
  repeatable: true,
});

export const noopAgents: Agent[] = ['first', 'second', 'second-renamed', 'extra'].map((name) =>
  defineAgent({ contract: contract(name), run: async () => ({ done: name }) }),
);
