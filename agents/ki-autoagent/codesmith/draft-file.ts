/** A file's content, without a model: a small program that runs, to be grown. Pure. */
import { basename, extname } from 'node:path/posix';
import { stackOf } from '../stack.ts';
import { subjectOf, type Subject } from '../subject.ts';
import { goDraft } from './drafts/go.ts';
import { pythonDraft } from './drafts/python.ts';
import { rustDraft } from './drafts/rust.ts';
import { scriptDraft } from './drafts/script.ts';

export interface Draft {
  message: string;
  path: string;
  /** Of all files. */
  paths: readonly string[];
  technologies: readonly string[];
  findings: readonly string[];
}

/** What a language's drafts are made from. */
export interface Part {
  subject: Subject;
  path: string;
  paths: readonly string[];
  role: 'entry' | 'module' | 'test' | 'routes' | 'store' | 'cli';
  /** The wish, on one line. */
  wish: string;
}

const byExtension: Readonly<Record<string, (part: Part) => string>> = {
  '.ts': (part) => scriptDraft(part, 'typescript'),
  '.js': (part) => scriptDraft(part, 'javascript'),
  '.py': pythonDraft,
  '.go': goDraft,
  '.rs': rustDraft,
};

export function draftFile(draft: Draft): string {
  const { path, paths, message } = draft;
  const wish = message.trim().replaceAll(/\s+/g, ' ').replaceAll('*/', '* /').slice(0, 200).toWellFormed();
  const part: Part = { subject: subjectOf(message), path, paths, role: roleOf(path), wish };
  const code = byExtension[extname(path)];
  if (code) return code(part);
  if (extname(path) === '.md') return readme(draft, part);
  if (basename(path) === 'Dockerfile') return dockerfile(draft);
  if (extname(path) === '.json') return `${JSON.stringify({ name: part.subject.slug }, null, 2)}\n`;
  return `# ${part.subject.words}\n`;
}

function roleOf(path: string): Part['role'] {
  const name = basename(path).replace(/\.\w+$/, '');
  if (/(^test_|_test$|\.test$)/.test(name) || /^tests?\//.test(path)) return 'test';
  if (name === 'index' || name === 'main') return 'entry';
  return name === 'routes' || name === 'store' || name === 'cli' ? name : 'module';
}

function readme({ paths, findings }: Draft, { subject, wish }: Part): string {
  const list = (entries: readonly string[]) => entries.map((entry) => `- ${entry}`).join('\n');
  const minded = findings.length === 0 ? '' : `\n## What it minds\n\n${list(findings)}\n`;
  return `# ${subject.words}\n\n${wish}\n\n## Files\n\n${list(paths)}\n${minded}`;
}

const images = {
  typescript: ['node:22-slim', 'CMD ["node", "src/index.ts"]'],
  javascript: ['node:22-slim', 'CMD ["node", "src/index.js"]'],
  python: ['python:3.13-slim', 'CMD ["python", "-m", "app.main"]'],
  go: ['golang:1.26', 'CMD ["go", "test", "./..."]'],
  rust: ['rust:1-slim', 'CMD ["cargo", "run", "--release"]'],
} as const;

function dockerfile({ technologies }: Draft): string {
  const [image, command] = images[stackOf(technologies)];
  return `FROM ${image}\nWORKDIR /app\nCOPY . .\nUSER 1000\n${command}\n`;
}
