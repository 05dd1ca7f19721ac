import { z } from 'zod';
import { approvalSchema, architectureSchema, codeSchema, researchSchema } from '../../agents/ki-autoagent/contract.ts';
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

/** `KiContext` of the routing. A key that is null is of an earlier message. */
const contextSchema = z.looseObject({
  research: researchSchema.pick({ summary: true, technologies: true }).nullish(),
  architecture: architectureSchema.nullish(),
  approval: approvalSchema.nullish(),
  code: codeSchema.pick({ summary: true }).nullish(),
  revisions: z.int().min(0).optional(),
});

export const contract = defineContract({
  name: 'ki-autoagent',
  description:
    'A coding assistant: studies a workspace, proposes a structure, has it approved by a person, and writes the code',
  input: kiInputSchema,
  context: contextSchema,
  example: {
    message: 'Create a note-taking service',
    autoApprove: false,
    hitlTimeoutSeconds: kiApprovalSecondsDefault,
  },
});
