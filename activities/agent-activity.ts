import { Context } from '@temporalio/activity';
import type { Agent } from '../protocol/agent.ts';
import type { AgentOutcome, AgentTask } from '../protocol/execution.ts';
import type { AgentServices } from './agent-services.ts';
import { Attempt } from './attempt.ts';

/** The activity of an agent; its type is the agent's name. */
export function agentActivity(agent: Agent, services: AgentServices): (task: AgentTask) => Promise<AgentOutcome> {
  return async (task) => await new Attempt(agent, services, task, Context.current()).run();
}
