/** What the roles hand to each other, as it stands in their artifacts. */
import { z } from 'zod';
import { mgxFileCharacters, mgxFilesMax } from '../../protocol/limits.ts';

const line = z.string().trim().min(1).max(1_000);
const path = z
  .string()
  .max(200)
  .regex(/^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\w.@-]+(?:\/[\w.@-]+)*$/, 'a relative path with / between folders');

export const requirementsSchema = z.object({
  title: line,
  goals: z.array(line).min(1).max(10),
  user_stories: z.array(line).min(3).max(20),
  requirements: z
    .array(z.object({ id: z.string().min(1).max(20), text: line }))
    .min(3)
    .max(30),
});
export type Requirements = z.infer<typeof requirementsSchema>;

export const fileSchema = z.object({
  path,
  purpose: line,
  interfaces: z.array(line).max(30).describe('what others may use of it: signatures, element ids, commands'),
  needs: z.array(path).max(mgxFilesMax).describe('paths of files that must be there first'),
});
export type PlannedFile = z.infer<typeof fileSchema>;
export const filesSchema = z
  .array(fileSchema)
  .min(1)
  .max(mgxFilesMax)
  .refine((files) => new Set(files.map((file) => file.path)).size === files.length, 'each path once');

export const taskSchema = z.object({
  id: z.string().min(1).max(20),
  order: z.int().positive(),
  file: path,
  title: line,
  depends_on: z.array(z.string()),
});
export type PlannedTask = z.infer<typeof taskSchema>;
export const tasksSchema = z.array(taskSchema);

export const contentSchema = z.string().max(mgxFileCharacters);

export const checkSchema = z.object({ file: z.string(), check: z.string(), passed: z.boolean(), note: z.string() });
export type Check = z.infer<typeof checkSchema>;
export interface Report {
  passed: number;
  failed: number;
  checks: Check[];
}
