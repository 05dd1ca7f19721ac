/** Finds the blueprints by their folders: `workflows/<name>/contract.ts` exports `contract`. Adding one touches no other folder. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BlueprintContract } from '../../protocol/blueprint.ts';

export type Contracts = ReadonlyMap<string, BlueprintContract>;

export async function loadContracts(folders: readonly string[]): Promise<Contracts> {
  const contracts = new Map<string, BlueprintContract>();
  for (const folder of folders) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const file = join(folder, entry.name, 'contract.ts');
      if (!entry.isDirectory() || !existsSync(file)) continue;
      const { contract } = (await import(pathToFileURL(file).href)) as { contract?: BlueprintContract };
      if (!contract) throw new Error(`${file} exports no contract`);
      if (contracts.has(contract.name)) throw new Error(`two blueprints are called ${contract.name}: see ${file}`);
      contracts.set(contract.name, contract);
    }
  }
  return contracts;
}
