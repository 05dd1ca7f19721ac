/** A structure for a wish, without a model. Pure. */
import { structureFiles, structureFolders, structurePathCharacters } from '../../../protocol/limits.ts';
import type { ArchitectInput, Structure } from '../contract.ts';
import { extensionOf, stackOf, type Stack } from '../stack.ts';
import { subjectOf } from '../subject.ts';

export interface Proposal {
  structure: Structure;
  reasons: string[];
}

/** A trait of a wish or a feedback, and what it adds. */
interface Trait {
  sign: RegExp;
  reason: string;
  adds: (stack: Stack) => readonly (readonly [folder: string, file: string])[];
}

const sourceFolder: Readonly<Record<Stack, string>> = {
  typescript: 'src',
  javascript: 'src',
  python: 'app',
  go: 'internal',
  rust: 'src',
};

const inSource = (stack: Stack, name: string) => [sourceFolder[stack], `${name}.${extensionOf[stack]}`] as const;

const traits: readonly Trait[] = [
  {
    sign: /\b(api|rest|http|endpoints?|routes?|server|service|web)\b/i,
    reason: 'what comes over HTTP has a file of its own',
    adds: (stack) => [inSource(stack, 'routes')],
  },
  {
    sign: /\b(database|db|sql|storage|stores?|persist\w*|save[sd]?|notes?)\b/i,
    reason: 'what is kept lies behind one store',
    adds: (stack) => [inSource(stack, 'store')],
  },
  {
    sign: /\b(cli|command[- ]line|terminal)\b/i,
    reason: 'the command line is a thin shell',
    adds: (stack) => [inSource(stack, 'cli')],
  },
  {
    sign: /\b(docs?|documentation|manual)\b/i,
    reason: 'the use is described in a folder of its own',
    adds: () => [['docs', 'usage.md']],
  },
  {
    sign: /\b(docker|containers?)\b/i,
    reason: 'it is shipped as a container',
    adds: () => [['.', 'Dockerfile']],
  },
];

export function proposeStructure({
  message,
  technologies,
  previous,
  feedback,
}: Omit<ArchitectInput, 'instructions'>): Proposal {
  const stack = stackOf(technologies);
  const extension = extensionOf[stack];
  const { slug, words } = subjectOf(message);
  const folders = new Map<string, Set<string>>(
    Object.entries(previous ?? {}).map(([folder, files]) => [folder, new Set(files)]),
  );
  const add = (folder: string, file: string) => {
    folders.set(folder, (folders.get(folder) ?? new Set()).add(file));
  };
  const reasons: string[] = [];
  if (previous === null) {
    const file = stack === 'python' || stack === 'go' || stack === 'rust' ? slug.replaceAll('-', '_') : slug;
    add(sourceFolder[stack], `${entryOf[stack]}.${extension}`);
    add(sourceFolder[stack], `${file}.${extension}`);
    const [testFolder, testFile] = testOf(stack, file);
    add(testFolder, testFile);
    add('.', 'README.md');
    const inUse =
      technologies.length === 0 ? 'nothing is in use yet' : `the workspace uses ${technologies.slice(0, 5).join(', ')}`;
    reasons.push(`${words}: one file for what it does, one entry, one test, in ${stack}, because ${inUse}`);
  }
  const asked = feedback ?? `${message} ${technologies.includes('docker') ? 'docker' : ''}`;
  const { wanted, unwanted } = splitWishes(asked);
  for (const { sign, reason, adds } of traits) {
    if (!sign.test(wanted)) continue;
    for (const [folder, file] of adds(stack)) add(folder, file);
    reasons.push(reason);
  }
  if (feedback !== null) {
    for (const [folder, file] of pathsIn(wanted)) add(folder, file);
    const gone = removeMentioned(folders, unwanted);
    if (gone.length > 0) reasons.push(`without ${gone.join(', ')}`);
    reasons.push(
      `revised as asked: ${feedback.trim().replaceAll(/\s+/g, ' ').slice(0, 300).toWellFormed() || 'another structure'}`,
    );
  }
  return { structure: bounded(folders), reasons };
}

const entryOf: Readonly<Record<Stack, string>> = {
  typescript: 'index',
  javascript: 'index',
  python: 'main',
  go: 'main',
  rust: 'main',
};

function testOf(stack: Stack, file: string): readonly [string, string] {
  if (stack === 'python') return ['tests', `test_${file}.py`];
  if (stack === 'go') return ['internal', `${file}_test.go`];
  if (stack === 'rust') return ['tests', `${file}.rs`];
  return ['test', `${file}.test.${extensionOf[stack]}`];
}

/** What follows a "without" up to the end of its clause is not wanted. */
function splitWishes(text: string): { wanted: string; unwanted: string } {
  const clauses = text.match(/\b(?:without|no|remove|drop|delete|not)\b[^.,;]*/gi) ?? [];
  return {
    wanted: clauses.reduce((rest, clause) => rest.replace(clause, ' '), text),
    unwanted: clauses.join(' ').toLowerCase(),
  };
}

function pathsIn(text: string): (readonly [string, string])[] {
  const paths = text.match(/(?<![\w/.])(?:[\w@+-]+\/)*[\w@+-]+\.[a-z]{1,4}\b/gi) ?? [];
  return paths
    .filter((path) => path.length <= structurePathCharacters)
    .map((path) => {
      const cut = path.lastIndexOf('/');
      return [cut === -1 ? '.' : path.slice(0, cut), path.slice(cut + 1)] as const;
    });
}

function removeMentioned(folders: Map<string, Set<string>>, unwanted: string): string[] {
  const words = new Set(unwanted.match(/[\w.-]+/g) ?? []);
  const isMeant = (name: string) =>
    [name, name.replace(/\..*$/, ''), `${name}s`, name.replace(/s$/, '')].some((form) => words.has(form.toLowerCase()));
  const gone: string[] = [];
  for (const [folder, files] of folders) {
    for (const file of files) {
      if (!isMeant(file) && !isMeant(folder)) continue;
      files.delete(file);
      gone.push(file);
    }
    if (files.size === 0) folders.delete(folder);
  }
  return gone;
}

function bounded(folders: ReadonlyMap<string, ReadonlySet<string>>): Structure {
  let left = structureFiles;
  const entries = [...folders].slice(0, structureFolders).map(([folder, files]): [string, string[]] => {
    const names = [...files].slice(0, left);
    left -= names.length;
    return [folder, names];
  });
  return Object.fromEntries(entries);
}
