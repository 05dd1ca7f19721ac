import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { brokenImports, importLaw, impureWorkflowImports } from './repository/import-law.ts';
import { importsOf, readImports, sourceFiles } from './repository/imports.ts';

const root = join(import.meta.dirname, '..');
/** Folders that come with a later part of the project. */
const folders = Object.keys(importLaw).filter((folder) => existsSync(join(root, folder)));
const imports = readImports(root, folders);

test('there are sources in every folder of the law that is there, and they have imports', () => {
  expect(folders).toEqual(expect.arrayContaining(['protocol', 'workflows', 'gateway', 'worker', 'client', 'server']));
  for (const folder of folders) expect(sourceFiles(root, [folder]).length, folder).toBeGreaterThan(0);
  expect(imports.length).toBeGreaterThan(100);
  const missing = imports.filter(
    (found) => !found.isPackage && !found.to.endsWith('/') && !existsSync(join(root, found.to)),
  );
  expect(missing).toEqual([]);
});

test('every folder imports only what the law allows', () => {
  expect(brokenImports(imports)).toEqual([]);
});

test('the workflow bundle holds workflows, the plain half of protocol and the SDK, and nothing else', () => {
  expect(impureWorkflowImports(imports)).toEqual([]);
});

test('a broken law is found', () => {
  const fault = (file: string, line: string): string[] => brokenImports(importsOf(file, line));
  expect(fault('protocol/x.ts', "import { a } from '../gateway/x.ts';")).toEqual([
    'protocol/x.ts imports gateway/x.ts',
  ]);
  expect(fault('protocol/x.ts', "import { readFileSync } from 'node:fs';")).toHaveLength(1);
  expect(fault('client/a/x.ts', "export { b } from '../../runtime/config.ts';")).toHaveLength(1);
  expect(fault('gateway/x.ts', "const m = await import('../workflows/crawl/workflow.ts');")).toHaveLength(1);
  expect(fault('gateway/x.ts', "import { contract } from '../workflows/crawl/contract.ts';")).toEqual([]);
  expect(fault('workflows/a/x.ts', "import { z } from 'zod';")).toHaveLength(1);
  expect(fault('workflows/a/x.ts', "import type { z } from 'zod';")).toEqual([]);
  expect(fault('workflows/a/x.ts', "import {\n  type A,\n  run,\n} from '../../activities/x.ts';")).toHaveLength(1);
  expect(fault('workflows/a/x.ts', "import { type A } from '../../activities/x.ts';")).toEqual([]);
  expect(fault('workflows/a/contract.ts', "import { b } from '../../agents/b/contract.ts';")).toEqual([]);
  expect(fault('workflows/a/contract.ts', "import { b } from '../../agents/b/agent.ts';")).toHaveLength(1);
  expect(fault('worker/x.ts', "import '../gateway/x.ts';")).toHaveLength(1);
});

test('what is not plain is found behind other modules, too', () => {
  const chain = [
    ...importsOf('workflows/a/workflow.ts', "import { fold } from '../../protocol/fold.ts';"),
    ...importsOf('protocol/fold.ts', "import { schema } from './schema.ts';"),
    ...importsOf('protocol/schema.ts', "import { z } from 'zod';"),
  ];
  expect(impureWorkflowImports(chain)).toEqual(['protocol/schema.ts imports zod']);
  const contract = importsOf('workflows/a/workflow.ts', "import { contract } from './contract.ts';");
  expect(impureWorkflowImports(contract)).toEqual(['workflows/a/workflow.ts imports workflows/a/contract.ts']);
});
