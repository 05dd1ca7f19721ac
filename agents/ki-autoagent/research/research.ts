/** The research agent's work: read the workspace, find its technologies, look them up, sum up. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestBytes, technologyCharacters } from '../../../protocol/limits.ts';
import type { Model } from '../../../runtime/model/model.ts';
import { resolveWorkspace } from '../../../runtime/workspace-roots.ts';
import type { Research, ResearchInput } from '../contract.ts';
import type { ToolCall } from '../servers/tool-call.ts';
import { bestPracticesFor, practicesOn } from './best-practices.ts';
import { distinctNames, manifests } from './manifests.ts';
import { emptyWorkspace, readWorkspace, type Workspace } from './read-workspace.ts';

/** Errors: workspace_forbidden, workspace_not_found. */
export async function research(
  { workspacePath, query, message, instructions }: ResearchInput,
  call: ToolCall,
  { roots, model }: { roots: readonly string[]; model: Model | null },
): Promise<Research> {
  call.progress(0, query === undefined ? '🔎 starting the research' : `🔎 looking into: ${query}`);
  const path = workspacePath === null ? null : await resolveWorkspace(workspacePath, roots);
  call.progress(0.25, path === null ? '📂 no workspace is given' : `📂 reading the workspace ${path}`);
  const workspace = path === null ? emptyWorkspace : await readWorkspace(path);
  const { technologies, unread } = await technologiesOf(path, workspace);
  call.progress(0.5, `🌍 looking up the ${technologies.length} technologies found`);
  const bestPractices = bestPracticesFor(technologies);
  const known = query === undefined ? [] : practicesOn(query, bestPractices);
  const findings =
    model === null ? known : [...known, await advice(model, call, { message, instructions, query, technologies })];
  call.progress(0.75, `📝 compiling what ${workspace.fileCount} files and ${bestPractices.length} practices say`);
  return {
    summary: `Found ${technologies.length} technologies, ${bestPractices.length} best practices`,
    fileCount: workspace.fileCount,
    isTruncated: workspace.isTruncated,
    extensions: workspace.extensions,
    technologies,
    bestPractices,
    findings,
    unread,
  };
}

async function technologiesOf(
  path: string | null,
  { topFiles }: Workspace,
): Promise<{ technologies: string[]; unread: string[] }> {
  const names: string[] = [];
  const unread: string[] = [];
  for (const [file, namesIn] of Object.entries(manifests)) {
    if (path === null || !topFiles.has(file)) continue;
    try {
      names.push(...namesIn(await manifestText(join(path, file))));
    } catch (error) {
      unread.push(`${file}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
    }
  }
  return { technologies: distinctNames(names.map((name) => name.slice(0, technologyCharacters))), unread };
}

async function manifestText(file: string): Promise<string> {
  const { size } = await stat(file);
  if (size > manifestBytes) throw new Error(`it has ${size} bytes, at most ${manifestBytes} are read`);
  return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
}

async function advice(
  model: Model,
  call: ToolCall,
  {
    message,
    instructions,
    query,
    technologies,
  }: Omit<ResearchInput, 'workspacePath'> & { technologies: readonly string[] },
): Promise<string> {
  const { text } = await model.text({
    system: 'You advise programmers. Say in a few plain sentences what to mind. No code.',
    prompt: [
      `The wish: ${message}`,
      ...(instructions === null ? [] : [`The supervisor asks for this: ${instructions}`]),
      `Technologies in use: ${technologies.join(', ') || 'none yet'}`,
      query === undefined ? 'What should be known before this is designed?' : `The question: ${query}`,
    ].join('\n'),
    signal: call.signal,
    onText: call.text,
  });
  return text;
}
