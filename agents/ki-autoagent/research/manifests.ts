/** From a manifest's text to the names of what it uses. Pure; throws where the text is no such manifest. */
import { parse as parseToml } from 'smol-toml';

type Names = (text: string) => string[];

/** File name → what it names. */
export const manifests: Readonly<Record<string, Names>> = {
  'package.json': (text) => {
    const { dependencies, devDependencies } = tableOf(JSON.parse(text));
    return [...keysOf(dependencies), ...keysOf(devDependencies)];
  },
  'requirements.txt': (text) =>
    text
      .split('\n')
      .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
      .filter((line) => line !== '' && !line.startsWith('-'))
      .map(requirementName),
  'pyproject.toml': (text) => {
    const { dependencies } = tableOf(tableOf(parseToml(text))['project']);
    return Array.isArray(dependencies) ? dependencies.map(String).map(requirementName) : [];
  },
  'go.mod': (text) => {
    const names: string[] = [];
    let block = '';
    for (const raw of text.split('\n')) {
      const [first = '', second = ''] = raw
        .replace(/\/\/.*$/, '')
        .trim()
        .split(/\s+/);
      if (first === ')') block = '';
      else if (second === '(') block = first;
      else if (block === 'require' && first !== '') names.push(unquoted(first));
      else if (first === 'require' && second !== '') names.push(unquoted(second));
    }
    return names;
  },
  'Cargo.toml': (text) => keysOf(tableOf(parseToml(text))['dependencies']),
  Dockerfile: () => ['docker'],
};

/** Distinct, whatever the case, as they were first written. */
export function distinctNames(names: readonly string[]): string[] {
  const known = new Map<string, string>();
  for (const name of names) if (name !== '' && !known.has(name.toLowerCase())) known.set(name.toLowerCase(), name);
  return [...known.values()];
}

/** The name before extras, versions and markers. */
function requirementName(line: string): string {
  return /^[^\s[\](){}<>=!~;,@]+/.exec(line.trim())?.[0] ?? '';
}

function unquoted(text: string): string {
  return text.replaceAll(/["`]/g, '');
}

function tableOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function keysOf(value: unknown): string[] {
  return Array.isArray(value) ? [] : Object.keys(tableOf(value));
}
