/** What agents declare of themselves, by their folders: `agents/<name>/contract.ts` exports one contract or more. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AgentContract } from '../../protocol/agent.ts';

export type AgentContracts = ReadonlyMap<string, Pick<AgentContract, 'name' | 'repeatable' | 'output' | 'taskQueue'>>;

/** Agents that are made at the start (MCP servers) have no folder: nothing is known of them. */
export async function loadAgentContracts(folders: readonly string[]): Promise<AgentContracts> {
  const contracts = new Map<string, AgentContract>();
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const file = join(folder, entry.name, 'contract.ts');
      if (!entry.isDirectory() || !existsSync(file)) continue;
      const exported = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
      for (const contract of Object.values(exported).flat()) {
        if (isContract(contract)) contracts.set(contract.name, contract);
      }
    }
  }
  return contracts;
}

function isContract(value: unknown): value is AgentContract {
  if (typeof value !== 'object' || value === null) return false;
  const { name, repeatable } = value as Partial<AgentContract>;
  return typeof name === 'string' && typeof repeatable === 'boolean';
}
