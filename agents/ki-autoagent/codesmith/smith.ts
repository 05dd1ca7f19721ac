/** The codesmith's work: ask how it is done well, then write file by file. */
import { z } from 'zod';
import type { Model } from '../../../runtime/model/model.ts';
import { codesmithInputSchema, type Code } from '../contract.ts';
import type { Surroundings } from '../servers/serve-tool.ts';
import type { ToolCall } from '../servers/tool-call.ts';
import { isKnown } from '../research/best-practices.ts';
import { subjectOf } from '../subject.ts';
import { draftFile, type Draft } from './draft-file.ts';
import { saveFiles } from './save-files.ts';

export const codesmithCallSchema = codesmithInputSchema.extend({
  /** What the research agent has found; null: it has not been asked yet. */
  findings: z.array(z.string()).nullable(),
});
export type CodesmithCall = z.infer<typeof codesmithCallSchema>;

export async function smith(
  input: CodesmithCall,
  call: ToolCall,
  { roots, mayWrite, model }: Surroundings,
): Promise<{ done: Code } | { research: { query: string } }> {
  const { structure, findings, workspacePath } = input;
  const paths = Object.entries(structure).flatMap(([folder, files]) =>
    files.map((file) => (folder === '.' ? file : `${folder}/${file}`)),
  );
  if (findings === null) {
    const query = researchQuery(input);
    call.progress(0, '🔨 starting to write');
    call.progress(0.1, `📋 planning ${paths.length} files`);
    call.progress(0.2, `🌍 asking: ${query}`);
    return { research: { query } };
  }
  call.progress(0.3, `📚 taking in ${findings.length} findings`);
  const files: Code['files'] = [];
  for (const path of paths) {
    call.signal.throwIfAborted();
    call.progress(0.3 + (0.5 * (files.length + 1)) / (paths.length + 1), `✏️ writing ${path}`);
    files.push({ path, content: await contentOf({ ...input, findings, path, paths }, call, model) });
  }
  call.progress(0.85, `🔍 looking over ${files.length} files`);
  const saved = mayWrite && workspacePath !== null ? await saveFiles(workspacePath, roots, files) : nothingSaved;
  const where = saved.written.length > 0 ? `, ${saved.written.length} of them into the workspace` : '';
  call.progress(0.95, `📦 handing over ${files.length} files`);
  return { done: { summary: `Wrote ${files.length} files${where}`, files, ...saved } };
}

const nothingSaved = { written: [], kept: [] };

/** Names a technology in use, else what is to be built. */
export function researchQuery({ technologies, message }: Pick<CodesmithCall, 'technologies' | 'message'>): string {
  const technology = technologies.find(isKnown) ?? technologies[0];
  const { words } = subjectOf(message);
  return technology === undefined
    ? `structure and error handling of a ${words}`
    : `error handling patterns for ${technology} in a ${words}`;
}

async function contentOf(
  { instructions, ...draft }: Draft & Pick<CodesmithCall, 'instructions'>,
  call: ToolCall,
  model: Model | null,
): Promise<string> {
  if (model === null) return draftFile(draft);
  const { text } = await model.text({
    system: 'You write one file of a project. Answer with the content of the file alone: no explanation, no fences.',
    prompt: [
      `The wish: ${draft.message}`,
      ...(instructions === null ? [] : [`The supervisor asks for this: ${instructions}`]),
      `All files: ${draft.paths.join(', ')}`,
      `What to mind: ${draft.findings.join('; ')}`,
      `Write: ${draft.path}`,
    ].join('\n'),
    signal: call.signal,
    onText: call.text,
  });
  return text.replace(/^```[\w-]*\n/, '').replace(/\n```\s*$/, '\n');
}
