import { z } from 'zod';
import type { AgentContract } from '../../protocol/agent.ts';
import {
  instructionsCharacters,
  kiFeedbackCharacters,
  kiMessageCharacters,
  structureFiles,
  structureFolders,
  structurePathCharacters,
  technologiesTold,
  workspacePathCharacters,
} from '../../protocol/limits.ts';

const message = z.string().max(kiMessageCharacters);
const workspacePath = z.string().max(workspacePathCharacters).nullable();
const instructions = z
  .string()
  .max(instructionsCharacters)
  .nullable()
  .default(null)
  .describe('what the supervisor wants of this call');
const technologies = z.array(z.string()).max(technologiesTold);

const segments = String.raw`[\w.@+\-]+(?:/[\w.@+\-]+)*`;
const relativePath = z
  .string()
  .max(structurePathCharacters)
  .regex(new RegExp(`^(?:\\.|${segments})$`))
  .refine((path) => !path.split('/').includes('..'), 'must not lead upwards');

/** Folder (`.` is the workspace itself) → names of its files. */
export const structureSchema = z
  .record(relativePath, z.array(relativePath.refine((name) => name !== '.')).max(structureFiles))
  .refine((folders) => Object.keys(folders).length <= structureFolders, `has more than ${structureFolders} folders`)
  .refine((folders) => Object.values(folders).flat().length <= structureFiles, `has more than ${structureFiles} files`);
export type Structure = z.infer<typeof structureSchema>;

export const researchInputSchema = z.strictObject({
  message,
  workspacePath,
  instructions,
  query: z.string().max(instructionsCharacters).optional().describe('what another agent wants to know'),
});
export type ResearchInput = z.infer<typeof researchInputSchema>;

export const researchSchema = z.object({
  summary: z.string(),
  fileCount: z.int(),
  isTruncated: z.boolean().describe('the workspace has more files, or took longer, than is read'),
  extensions: z.record(z.string(), z.int()),
  technologies: z.array(z.string()),
  bestPractices: z.array(z.object({ technology: z.string().nullable(), practice: z.string() })),
  findings: z.array(z.string()).describe('what answers the query'),
  unread: z.array(z.string()).describe('manifests that could not be read, and why'),
});
export type Research = z.infer<typeof researchSchema>;

export const architectInputSchema = z.strictObject({
  message,
  instructions,
  technologies,
  previous: structureSchema.nullable(),
  feedback: z.string().max(kiFeedbackCharacters).nullable().describe('why the previous proposal was sent back'),
});
export type ArchitectInput = z.infer<typeof architectInputSchema>;

export const architectureSchema = z.object({
  summary: z.string(),
  proposed_structure: structureSchema,
  reasoning: z.string().min(1).max(4_000),
});
export type Architecture = z.infer<typeof architectureSchema>;

export const codesmithInputSchema = z.strictObject({
  message,
  workspacePath,
  instructions,
  technologies,
  structure: structureSchema,
});
export type CodesmithInput = z.infer<typeof codesmithInputSchema>;

export const codeSchema = z.object({
  summary: z.string(),
  files: z.array(z.object({ path: z.string(), content: z.string() })),
  written: z.array(z.string()).describe('paths that were written into the workspace'),
  kept: z.array(z.string()).describe('paths that were there already, with other content, and were left alone'),
});
export type Code = z.infer<typeof codeSchema>;

const approvalInputSchema = z.strictObject({
  architecture: architectureSchema.nullable(),
  timeoutSeconds: z.int().positive(),
});
export type ApprovalInput = z.infer<typeof approvalInputSchema>;

/** What a person answers. */
export const decisionSchema = z.object({
  decision: z.enum(['approve', 'reject', 'revise']),
  feedback: z.string().optional(),
});

export const approvalSchema = decisionSchema.required().extend({ isExpired: z.boolean() });
export type Approval = z.infer<typeof approvalSchema>;

/** Agents as people read them; the wire knows them by these names, too. */
export const displayNames: Readonly<Record<string, string>> = {
  research_agent: 'Research Agent',
  architect_agent: 'Architect Agent',
  codesmith_agent: 'Codesmith Agent',
};

export const researchContract: AgentContract<ResearchInput, Research> = {
  name: 'research_agent',
  description: 'Reads a workspace, looks up the technologies in use, and sums up what is worth knowing of them.',
  input: researchInputSchema,
  output: researchSchema,
  progress: 'durable',
  repeatable: true,
};

export const architectContract: AgentContract<ArchitectInput, Architecture> = {
  name: 'architect_agent',
  description: 'Proposes folders and files for what is to be built, and says why.',
  input: architectInputSchema,
  output: architectureSchema,
  progress: 'durable',
  repeatable: true,
};

/**
 * Events of the codesmith, as `kind` of `agent.emitted`; told again after a crash, with the same `request`:
 *
 *   ki.research_request  {query, request}   the request-th question to the research agent, from 1
 */
export const codesmithContract: AgentContract<CodesmithInput, Code> = {
  name: 'codesmith_agent',
  description: 'Writes the files of an approved structure; asks the research agent first how that is done well.',
  input: codesmithInputSchema,
  output: codeSchema,
  progress: 'durable',
  repeatable: true,
};

export const hitlContract: AgentContract<ApprovalInput, Approval> = {
  name: 'hitl_agent',
  description: 'Asks a person to approve a proposed structure.',
  input: approvalInputSchema,
  output: approvalSchema,
  progress: 'durable',
  repeatable: true,
};
