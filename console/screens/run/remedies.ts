/** What to do about a run that failed, by its error code. Pure. */

const again = 'Retry the run, or resume it from the step that failed, once the cause is gone.';
const model = 'Ask the doctor (System): it asks the model one word.';

const remedies: Readonly<Record<string, string>> = {
  agent_failed: `Read the events of the failed step. ${again}`,
  agent_timeout: `See in the timeline whether the agent still said something, or its worker went away. ${again}`,
  agent_not_found: 'A worker of another build serves the queue: see System. Deploy the agent, then resume the run.',
  invalid_result: 'The agent and its schema do not fit. Correct the agent, or fork with an edited result of the step.',
  invalid_checkpoint: 'Correct the agent: its checkpoint must be small, and JSON.',
  update_too_large: 'Correct the agent: large values go into a blob, and a reference into the update.',
  iteration_limit:
    'See in the path whether agents send each other back and forth. Resume: what the run had used up of its limits it gets once more.',
  wall_time_limit: 'See in the timeline what took long or waited. Resume: the run gets its time once more.',
  budget_limit: 'See under History which steps cost most. Resume: the run gets its budget once more.',
  question_expired: 'Nobody answered in time. Resume the run to have the question asked again, and answer it.',
  policy_failed: 'The routing of the blueprint failed. Correct it, then resume the run.',
  model_refused: `The provider refused the key or the request: see the settings of the model. ${model}`,
  model_limited: 'The provider limits the rate. Wait a little, then resume; failed runs in bulk, at a slow pace.',
  model_failed: `The provider failed or was out of reach. ${model} Then resume.`,
  model_malformed: 'The model answered something else than was asked for. Resume, or choose another model.',
  no_mcp_server: 'The MCP server could not be started or reached: the doctor says which, and why. Then resume.',
  mcp_protocol: 'What the MCP server writes is no MCP: see its log, and whether it prints to its standard output.',
  mcp_silent: 'The MCP server fell silent: see its log. Resume once it works.',
  mcp_crashed: 'The MCP server ended while it worked: see its log. Resume once it works.',
  mcp_tool_failed: 'The tool itself reported the error: read its message. Fork with another input, or resume.',
  workspace_forbidden: 'The workspace lies outside of what the settings allow. Fork with another, or allow the folder.',
  workspace_not_found: 'There is no such workspace. Make it, then resume; or fork with another.',
  target_forbidden: 'The address is private, and the settings do not allow private ones. Start with another address.',
  step_failed: 'A step of the plan failed by its own input. Fork with an edited input from before that step.',
  crawl_failed: 'No page could be read: see in the events why. Correct the address, or wait for the site.',
  key_missing: 'A key that this was encrypted with is not configured. Add it for workers and gateways, then resume.',
  payload_unreadable: 'What is stored cannot be decrypted: it was altered. Fork from before it, or restore a backup.',
};

export function remedyFor(code: string): string {
  return remedies[code] ?? `Read the events before the failure. ${again}`;
}
