import { z } from 'zod';
import type { AgentContract } from '../../protocol/agent.ts';
import { artifactSchema, mgxInputSchema, roles, type MgxInput, type Role } from '../../workflows/mgx-tasks/contract.ts';

export { artifactSchema };
export type { Artifact, MgxInput } from '../../workflows/mgx-tasks/contract.ts';
export type RoleName = Role['role'];

/** What a role returns. The last one's is the run's result. Each role's artifacts stand in the context under its name. */
export const deliverySchema = z.object({
  summary: z.string(),
  artifacts: z.array(artifactSchema),
  report: z.object({ passed: z.int(), failed: z.int() }).optional(),
});
export type Delivery = z.infer<typeof deliverySchema>;

/**
 * Events of a role, as `kind` of `agent.emitted`:
 *
 *   mgx.message    {text, ...facts}                                   what it is doing
 *   mgx.artifact   {name, message, content, media_type, stored}  a document or file; `content` is the text, `stored` its blob
 *
 * An attempt that follows another tells again what that one told.
 */
export function roleContract(name: RoleName): AgentContract<MgxInput, Delivery> {
  const role = roles.find((known) => known.role === name);
  return {
    name: role?.agent ?? name,
    description: descriptions[name],
    input: mgxInputSchema,
    output: deliverySchema,
    progress: 'milestones',
    repeatable: true,
  };
}

const descriptions: Readonly<Record<RoleName, string>> = {
  ProductManager: 'Draws goals, user stories and requirements from a wish.',
  Architect: 'Lists the files of the software, with the interface of each.',
  ProjectManager: 'Puts the work in order: one task for each file, after those that it needs.',
  Engineer: 'Writes every file.',
  QaEngineer: 'Checks every file, and reports what passed and what failed.',
};

export const contracts = roles.map(({ role }) => roleContract(role));
