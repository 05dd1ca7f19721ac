import { z } from 'zod';
import { defineContract } from '../../protocol/blueprint.ts';
import { mgxPromptCharacters, mgxTitleCharacters } from '../../protocol/limits.ts';

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

export const contract = defineContract({
  name: 'mgx-tasks',
  description:
    'A software team of five roles turns a wish into requirements, a file list, an ordered task list, the files and a report on them',
  input: mgxInputSchema,
  agents: roles.map(({ agent }) => agent),
  example: { prompt: 'A page that lists my books', title: null, testMode: false },
});
