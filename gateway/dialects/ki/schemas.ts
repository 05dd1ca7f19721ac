/** What clients of ki-autoagent send. Keys beyond these are ignored. */
import { z } from 'zod';
import {
  dialectIdPattern,
  kiApprovalSecondsMax,
  kiFeedbackCharacters,
  kiMessageCharacters,
  workspacePathCharacters,
} from '../../../protocol/limits.ts';
import { cursorSchema } from '../../../protocol/schemas/commands.ts';

const sessionId = z.string().regex(dialectIdPattern, 'letters, digits and . _ : -, from 1 to 128');
const workspacePath = z.string().min(1).max(workspacePathCharacters);

const options = {
  session_id: sessionId.optional(),
  workspace_path: workspacePath.optional(),
  auto_approve: z.boolean().optional(),
  hitl_timeout_seconds: z.int().min(1).max(kiApprovalSecondsMax).optional(),
};

const text = z.string().max(kiMessageCharacters);

export const startSchema = z.object({
  ...options,
  message: text.refine((message) => message.trim() !== '', 'is blank'),
});

/** `content` is taken for `message`; that one is there, and not blank, is checked apart. */
export const chatSchema = z.object({ ...options, message: text.optional(), content: text.optional() });

export const initSchema = z.object({ session_id: options.session_id, workspace_path: options.workspace_path });

/** What may be wrong with a decision has codes of its own. */
export const hitlSchema = z.object({
  request_id: z.string().optional(),
  decision: z.unknown().optional(),
  approved: z.unknown().optional(),
  feedback: z.string().max(kiFeedbackCharacters).optional(),
});
export type HitlAnswer = z.output<typeof hitlSchema>;

export const eventsQuerySchema = z.object({ after: cursorSchema.default(0) });

export const querySchema = z.object({
  session_id: sessionId.optional(),
  after: cursorSchema.default(0),
  alias: z.string().optional(),
});
