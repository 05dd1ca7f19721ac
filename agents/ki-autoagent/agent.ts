import type { Agent } from '../../protocol/agent.ts';
import { technologiesTold } from '../../protocol/limits.ts';
import type { Config } from '../../runtime/config.ts';
import { architectContract, codesmithContract, researchContract, researchSchema } from './contract.ts';
import { hitlAgent } from './hitl.ts';
import { mcpServerAgent, serverProgram } from './mcp-server-agent.ts';

export const agents = (config: Config): Agent[] => [
  mcpServerAgent({
    contract: researchContract,
    server: serverProgram('research', config),
    tool: 'research',
    updateOf: ({ summary, technologies }) => ({
      research: { summary, technologies: technologies.slice(0, technologiesTold) },
    }),
  }),
  mcpServerAgent({
    contract: architectContract,
    server: serverProgram('architect', config),
    tool: 'architect',
    updateOf: (architecture) => ({ architecture }),
  }),
  mcpServerAgent({
    contract: codesmithContract,
    server: serverProgram('codesmith', config),
    tool: 'codesmith',
    argumentsOf: ({ returned }, input) => {
      const last = returned.at(-1);
      return { ...input, findings: last?.kind === 'delegation' ? researchSchema.parse(last.result).findings : null };
    },
    updateOf: ({ summary }) => ({ code: { summary } }),
    delegate: async (ctx, { message, workspacePath }, query) => {
      await ctx.emit('ki.research_request', { query, request: ctx.returned.length + 1 });
      return {
        delegate: {
          agent: 'research_agent',
          instructions: query,
          input: { message, workspacePath, instructions: null, query },
        },
      };
    },
  }),
  hitlAgent,
];
