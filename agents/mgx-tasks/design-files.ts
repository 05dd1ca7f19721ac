import type { Delivery } from './contract.ts';
import { filesSchema, requirementsSchema, type PlannedFile } from './documents.ts';
import { z } from 'zod';
import type { RoleDesk } from './role-desk.ts';
import { capitalized, readWish, type Thing, type Wish } from './wish.ts';

const system = `You are the architect of a small software team. From a requirements document you list the files of the
software: small text files with relative paths, each with its purpose, its interfaces (signatures, element ids, commands)
and the files that it needs.`;

const answerSchema = z.object({ files: filesSchema });

export async function designFiles(desk: RoleDesk): Promise<Delivery> {
  desk.expect(3);
  const requirements = await desk.readJson('ProductManager', 'requirements.json', requirementsSchema);
  await desk.tell(`Reading ${requirements.requirements.length} requirements`);
  const prompt = `The wish:\n${desk.input.prompt}\n\nThe requirements:\n${JSON.stringify(requirements)}`;
  const { files } = await desk.write({ key: 'files', schema: answerSchema, system, prompt }, () => ({
    files: filesOf(readWish(desk.input.prompt)),
  }));
  await desk.tell(`${files.length} files are enough`, { files: files.map((file) => file.path) });
  await desk.deliverJson('files.json', files);
  return { summary: `${files.length} files with their interfaces`, artifacts: desk.delivered };
}

export function filesOf({ product, things }: Wish): PlannedFile[] {
  const plurals = things.map((thing) => thing.plural).join(' and ');
  return [
    { path: 'package.json', purpose: 'Names the project and its commands', interfaces: ['npm test'], needs: [] },
    {
      path: 'src/store.js',
      purpose: 'Keeps lists of records in the browser, in memory where there is no storage',
      interfaces: ['load(key: string): object[]', 'save(key: string, records: object[]): void'],
      needs: [],
    },
    ...things.map(moduleOf),
    {
      path: 'src/main.js',
      purpose: `Shows ${plurals}, takes new ones and removes them`,
      interfaces: ['show(root: HTMLElement): void'],
      needs: things.map(({ code }) => `src/${code}.js`),
    },
    { path: 'styles.css', purpose: `How the ${product} looks`, interfaces: ['.list', '.fault'], needs: [] },
    {
      path: 'index.html',
      purpose: `The ${product} itself`,
      interfaces: ['#app'],
      needs: ['src/main.js', 'styles.css'],
    },
    ...things.map(testOf),
    {
      path: 'README.md',
      purpose: 'What it is and how it is opened and tested',
      interfaces: [],
      needs: ['index.html', 'package.json'],
    },
  ];
}

function moduleOf({ name, plural, code }: Thing): PlannedFile {
  const type = capitalized(code);
  return {
    path: `src/${code}.js`,
    purpose: `Adds, lists and removes ${plural}`,
    interfaces: [
      'fields: string[]',
      `add${type}(values: Record<string, string>): ${type}; throws where the ${name} is incomplete`,
      `list${type}s(): ${type}[]`,
      `remove${type}(id: number): boolean`,
    ],
    needs: ['src/store.js'],
  };
}

function testOf({ plural, code }: Thing): PlannedFile {
  return {
    path: `test/${code}.test.js`,
    purpose: `Tests that ${plural} are added, listed and removed`,
    interfaces: ['node --test'],
    needs: [`src/${code}.js`],
  };
}
