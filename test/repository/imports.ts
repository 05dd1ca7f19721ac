/** The imports of the project's sources. Formatted code, so that expressions are enough to read them. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';

export interface Import {
  /** Path from the root, with slashes. */
  from: string;
  /** A path from the root, or the name of a package (`node:fs`, `@temporalio/client`). */
  to: string;
  isPackage: boolean;
  /** Erased before the code runs. */
  typeOnly: boolean;
}

const skipped = new Set(['node_modules', 'dist', '.git', '.baton']);

/** Every TypeScript file below the folders, tests left out. Paths from the root, with slashes. */
export function sourceFiles(root: string, folders: readonly string[]): string[] {
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !skipped.has(entry.name)) walk(path);
      if (entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.(test|d)\.tsx?$/.test(entry.name)) {
        found.push(relative(root, path).split(sep).join('/'));
      }
    }
  };
  for (const folder of folders) walk(join(root, folder));
  return found.toSorted();
}

const statement = /^\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
const dynamic = /\bimport\(\s*'([^']+)'\s*\)/g;
const named = /^\s*import\s+\{([^}]*)\}/;

export function importsOf(file: string, text: string): Import[] {
  const imports: Import[] = [];
  for (const match of text.matchAll(statement)) {
    const names =
      named
        .exec(match[0])?.[1]
        ?.split(',')
        .map((name) => name.trim()) ?? [];
    const present = names.filter((name) => name !== '');
    const eachIsType = present.length > 0 && present.every((name) => name.startsWith('type '));
    imports.push(resolved(file, match[2] ?? '', match[1] !== undefined || eachIsType));
  }
  for (const match of text.matchAll(dynamic)) {
    imports.push(resolved(file, match[1] ?? '', false));
  }
  return imports;
}

export function readImports(root: string, folders: readonly string[]): Import[] {
  return sourceFiles(root, folders).flatMap((file) => importsOf(file, readFileSync(join(root, file), 'utf8')));
}

function resolved(from: string, specifier: string, typeOnly: boolean): Import {
  if (!specifier.startsWith('.')) return { from, to: packageName(specifier), isPackage: true, typeOnly };
  const to = normalize(join(dirname(from), specifier))
    .split(sep)
    .join('/');
  return { from, to, isPackage: false, typeOnly };
}

function packageName(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
