import { z } from 'zod';
import { defineContract } from '../../protocol/blueprint.ts';
import {
  kiApprovalSecondsDefault,
  kiApprovalSecondsMax,
  kiMessageCharacters,
  workspacePathCharacters,
} from '../../protocol/limits.ts';

const kiInputSchema = z.strictObject({
  message: z
    .string()
    .min(1)
    .max(kiMessageCharacters)
    .refine((message) => message.trim() !== '', 'is blank')
    .describe('the wish, in plain words'),
  workspacePath: z
    .string()
    .min(1)
    .max(workspacePathCharacters)
    .optional()
    .describe('a folder within WORKSPACE_ROOTS; none: an empty workspace'),
  autoApprove: z.boolean().default(false).describe('true: nobody is asked to approve the proposed structure'),
  hitlTimeoutSeconds: z
    .int()
    .min(1)
    .max(kiApprovalSecondsMax)
    .default(kiApprovalSecondsDefault)
    .describe('how long a person may take to approve it'),
});
export type KiInput = z.output<typeof kiInputSchema>;

export const contract = defineContract({
  name: 'ki-autoagent',
  description:
    'A coding assistant: studies a workspace, proposes a structure, has it approved by a person, and writes the code',
  input: kiInputSchema,
  example: {
    message: 'Create a note-taking service',
    autoApprove: false,
    hitlTimeoutSeconds: kiApprovalSecondsDefault,
  },
});
