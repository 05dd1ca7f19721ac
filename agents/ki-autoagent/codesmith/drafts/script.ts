/** TypeScript that Node runs as it is, and JavaScript: the same without types. */
import { basename, dirname, relative } from 'node:path/posix';
import type { Part } from '../draft-file.ts';

export function scriptDraft(part: Part, language: 'typescript' | 'javascript'): string {
  const isTyped = language === 'typescript';
  const type = (text: string) => (isTyped ? text : '');
  const extension = isTyped ? '.ts' : '.js';
  const { subject, paths, wish } = part;
  const module = paths.find((path) => basename(path) === `${subject.slug}${extension}` && !/^tests?\//.test(path));
  const from = module === undefined ? null : wayTo(part.path, module);
  const header = `/** ${wish} */\n`;
  if (part.role === 'module' || from === null || module === part.path)
    return `${header}${type('export interface Entry {\n  id: number;\n  text: string;\n}\n\n')}export class ${subject.name} {
  #entries = new Map${type('<number, Entry>')}();
  #next = 1;

  add(text${type(': string')})${type(': Entry')} {
    if (text.trim() === '') throw new RangeError('an entry needs a text');
    const entry = { id: this.#next++, text };
    this.#entries.set(entry.id, entry);
    return entry;
  }

  get(id${type(': number')})${type(': Entry | undefined')} {
    return this.#entries.get(id);
  }

  list()${type(': Entry[]')} {
    return [...this.#entries.values()];
  }

  remove(id${type(': number')})${type(': boolean')} {
    return this.#entries.delete(id);
  }
}
`;
  const imported = `import { ${subject.name} } from '${from}';\n`;
  switch (part.role) {
    case 'entry':
      return `${header}export { ${subject.name} } from '${from}';\n`;
    case 'test':
      return `import assert from 'node:assert/strict';
import { test } from 'node:test';
${imported}
test('what is added is found, and what is removed is not', () => {
  const entries = new ${subject.name}();
  const { id } = entries.add('first');
  assert.equal(entries.get(id)?.text, 'first');
  assert.equal(entries.remove(id), true);
  assert.deepEqual(entries.list(), []);
});

test('an entry without a text is refused', () => {
  assert.throws(() => new ${subject.name}().add(' '), RangeError);
});
`;
    case 'routes':
      return `import { createServer } from 'node:http';
${imported}
/** GET lists the entries, POST adds the body's text. */
export function serve(entries = new ${subject.name}()) {
  return createServer(async (request, response) => {
    const answer = (status${type(': number')}, body${type(': unknown')}) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.method === 'GET') return answer(200, entries.list());
    if (request.method !== 'POST') return answer(405, { error: 'GET or POST' });
    let text = '';
    for await (const chunk of request) text += chunk;
    try {
      answer(201, entries.add(text));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      answer(422, { error: error.message });
    }
  });
}
`;
    case 'store':
      return `import { readFile, writeFile } from 'node:fs/promises';
${imported}
/** Keeps the texts of the entries in a file. */
export async function load(file${type(': string')})${type(`: Promise<${subject.name}>`)} {
  const entries = new ${subject.name}();
  const text = await readFile(file, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '[]';
    throw error;
  });
  for (const entry of JSON.parse(text)) entries.add(entry);
  return entries;
}

export async function save(file${type(': string')}, entries${type(`: ${subject.name}`)})${type(': Promise<void>')} {
  await writeFile(file, JSON.stringify(entries.list().map(({ text }) => text)));
}
`;
    case 'cli':
      return `${imported}
const entries = new ${subject.name}();
for (const text of process.argv.slice(2)) console.log(entries.add(text));
`;
  }
}

function wayTo(from: string, to: string): string {
  const way = relative(dirname(from), to);
  return way.startsWith('.') ? way : `./${way}`;
}
