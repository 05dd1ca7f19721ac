import { z } from 'zod';
import { defineContract } from '../../protocol/blueprint.ts';
import { mgxPromptCharacters, mgxTitleCharacters } from '../../protocol/limits.ts';
import { blobRefSchema } from '../../protocol/schemas/event.ts';
import { roles, type Role } from './roles.ts';

export { roles, type Role };

export const mgxInputSchema = z.strictObject({
  prompt: z
    .string()
    .min(1)
    .max(mgxPromptCharacters)
    .refine((prompt) => prompt.trim() !== '', 'must not be blank')
    .describe('what software is wished for'),
  title: z.string().max(mgxTitleCharacters).nullable().default(null).describe('shown in lists'),
  testMode: z
    .boolean()
    .default(false)
    .describe('true: no model is asked, whatever is configured; the same prompt gives the same artifacts'),
});
export type MgxInput = z.infer<typeof mgxInputSchema>;

/** A document or file that a role has delivered; the bytes are a blob of the run. */
export const artifactSchema = z.object({ name: z.string(), blob: blobRefSchema });
export type Artifact = z.infer<typeof artifactSchema>;

/** What each role has delivered so far stands under its name. */
const contextSchema = z.looseObject(
  Object.fromEntries(roles.map(({ role }) => [role, z.array(artifactSchema).optional()])),
);

export const contract = defineContract({
  name: 'mgx-tasks',
  description:
    'A software team of five roles turns a wish into requirements, a file list, an ordered task list, the files and a report on them',
  input: mgxInputSchema,
  context: contextSchema,
  agents: roles.map(({ agent }) => agent),
  example: { prompt: 'A page that lists my books', title: null, testMode: false },
});
