/** The architect's work: what is asked, what is there, a structure, and why. */
import { z } from 'zod';
import type { Model } from '../../../runtime/model/model.ts';
import { structureSchema, type ArchitectInput, type Architecture } from '../contract.ts';
import type { ToolCall } from '../servers/tool-call.ts';
import { subjectOf } from '../subject.ts';
import { proposeStructure } from './propose-structure.ts';

const designSchema = z.object({ proposed_structure: structureSchema, reasoning: z.string().min(1).max(2_000) });

export async function designStructure(
  input: ArchitectInput,
  call: ToolCall,
  { model }: { model: Model | null },
): Promise<Architecture> {
  const { message, technologies, feedback } = input;
  call.progress(0, feedback === null ? '📐 starting the design' : '📐 revising the design');
  call.progress(0.2, `🧭 understanding the wish: ${subjectOf(message).words}`);
  call.progress(0.4, `🧩 weighing ${technologies.length} technologies`);
  const { proposed_structure, reasoning } = model === null ? byRules(input) : await byModel(model, input, call);
  const folders = Object.keys(proposed_structure);
  const files = Object.values(proposed_structure).flat();
  call.progress(0.7, `🗂️ laying out ${folders.length} folders`);
  call.progress(0.9, '🖋️ writing down the reasons');
  return { summary: `Proposed ${folders.length} folders, ${files.length} files`, proposed_structure, reasoning };
}

function byRules(input: ArchitectInput): z.infer<typeof designSchema> {
  const { structure, reasons } = proposeStructure(input);
  return { proposed_structure: structure, reasoning: reasons.join('; ') };
}

async function byModel(model: Model, input: ArchitectInput, { signal, text }: ToolCall) {
  const { value } = await model.object({
    system:
      'You are a software architect. Propose folders (paths relative to the workspace, "." is the workspace itself) and ' +
      'the names of their files, as few as do the work, and say why in a few sentences.',
    prompt: [
      `The wish: ${input.message}`,
      ...(input.instructions === null ? [] : [`The supervisor asks for this: ${input.instructions}`]),
      `Technologies in use: ${input.technologies.join(', ') || 'none yet'}`,
      ...(input.previous === null ? [] : [`The previous proposal: ${JSON.stringify(input.previous)}`]),
      ...(input.feedback === null ? [] : [`It was sent back: ${input.feedback || 'propose another one'}`]),
    ].join('\n'),
    schema: designSchema,
    signal,
    onText: text,
  });
  return value;
}
