import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BlueprintContract } from '../protocol/blueprint.ts';
import type { Blueprint } from '../workflows/supervisor/define-blueprint.ts';

const workflows = join(import.meta.dirname, '..', 'workflows');
const names = readdirSync(workflows).filter((name) => existsSync(join(workflows, name, 'blueprint.ts')));

const load = async (name: string) => {
  const { contract } = (await import(join(workflows, name, 'contract.ts'))) as { contract: BlueprintContract };
  const { blueprint } = (await import(join(workflows, name, 'blueprint.ts'))) as { blueprint: Blueprint };
  return { contract, blueprint };
};

test('a contract names the agents of its roster, unless a model may choose others, or outsiders feed it', async () => {
  expect(names.length).toBeGreaterThan(4);
  for (const name of names) {
    const { contract, blueprint } = await load(name);
    const isOpen = blueprint.model?.guests !== undefined || blueprint.relay === true;
    const roster = isOpen ? undefined : Object.keys(blueprint.agents).toSorted();
    expect({ name, agents: contract.agents?.toSorted() }).toEqual({ name, agents: roster });
  }
});

test('what a contract has read as an input it reads again as the same: a stored input is checked before a rerun', async () => {
  for (const name of names) {
    const { contract } = await load(name);
    const once = contract.input.parse(contract.example);
    expect(contract.input.parse(once)).toEqual(once);
  }
});
