/**
 * The one table of errors. A code is stable: clients switch on it.
 * `status` is the HTTP status, `retry` says whether the same request may succeed later without being changed.
 */
export const errorTable = {
  invalid_request: { status: 422, retry: false, title: 'The request does not fit its schema' },
  invalid_json: { status: 400, retry: false, title: 'The body is not JSON' },
  invalid_cursor: { status: 422, retry: false, title: 'The cursor is not one' },
  invalid_answer: { status: 422, retry: false, title: 'The answer does not fit the schema of its question' },
  invalid_input: { status: 422, retry: false, title: 'The input does not fit the schema of its blueprint' },
  webhooks_unavailable: { status: 422, retry: false, title: 'Webhooks need a secret to be signed with' },
  reserved_id: { status: 422, retry: false, title: 'The id begins with a prefix that belongs to a dialect' },
  invalid_state: { status: 422, retry: false, title: 'The edited state does not fit what it is edited in' },
  step_unknown: { status: 422, retry: false, title: 'The run has no such step' },
  filter_needed: { status: 422, retry: false, title: 'Every run is meant, and that was not said' },
  too_many_runs: { status: 422, retry: false, title: 'More runs fit than one job may have' },
  blueprint_unavailable: {
    status: 422,
    retry: false,
    title: 'The blueprint cannot be started with this configuration',
  },
  unauthenticated: { status: 401, retry: false, title: 'A valid token is needed' },
  forbidden: { status: 403, retry: false, title: 'The role does not allow this' },
  read_only: { status: 403, retry: false, title: 'Only reading is possible here' },
  origin_forbidden: { status: 403, retry: false, title: 'The origin is not allowed' },
  run_not_found: { status: 404, retry: false, title: 'There is no such run' },
  blueprint_not_found: { status: 404, retry: false, title: 'There is no such blueprint' },
  question_not_found: { status: 404, retry: false, title: 'There is no such question' },
  blob_not_found: { status: 404, retry: false, title: 'There is no such blob' },
  not_found: { status: 404, retry: false, title: 'There is nothing at this address' },
  method_not_allowed: { status: 405, retry: false, title: 'This address does not take the method' },
  request_timeout: { status: 408, retry: true, title: 'The request did not arrive in time' },
  run_exists: { status: 409, retry: false, title: 'The id belongs to a run with another input' },
  id_taken: { status: 409, retry: false, title: 'The id belongs to somebody else' },
  idempotency_conflict: { status: 409, retry: false, title: 'The Idempotency-Key was used with another request' },
  run_ended: { status: 409, retry: false, title: 'The run has ended' },
  run_not_ended: { status: 409, retry: false, title: 'The run has not ended yet' },
  run_not_failed: { status: 409, retry: false, title: 'The run has not failed' },
  not_paused: { status: 409, retry: false, title: 'Nothing is paused there' },
  replay_failed: { status: 409, retry: false, title: 'The code of the workers does not fit what the run has done' },
  run_not_pending: { status: 409, retry: false, title: 'The run is not on hold' },
  run_moved: { status: 409, retry: true, title: 'The run went on while this was prepared' },
  question_closed: { status: 409, retry: false, title: 'The question is closed' },
  answer_refused: { status: 409, retry: false, title: 'The workflow refused the answer' },
  cursor_ahead: { status: 409, retry: false, title: 'The cursor is beyond the log' },
  run_expired: { status: 410, retry: false, title: 'The run is past retention, and was not archived' },
  step_expired: { status: 410, retry: false, title: 'That part of the run is past retention' },
  body_too_large: { status: 413, retry: false, title: 'The body is over the limit' },
  frame_too_large: { status: 413, retry: false, title: 'The frame is over the limit' },
  unsupported_media_type: { status: 415, retry: false, title: 'Only application/json is taken' },
  range_not_satisfiable: { status: 416, retry: false, title: 'The range lies outside the blob' },
  rate_limited: { status: 429, retry: true, title: 'Too many requests' },
  too_many_connections: { status: 503, retry: true, title: 'Too many connections' },
  subscription_limit: { status: 422, retry: false, title: 'The socket has too many subscriptions' },
  upgrade_required: { status: 426, retry: false, title: 'This address takes WebSockets only' },
  keys_unavailable: { status: 503, retry: true, title: 'The keys that tokens are checked with cannot be fetched' },
  unknown_op: { status: 422, retry: false, title: 'There is no such operation' },
  internal: { status: 500, retry: true, title: 'Something failed inside' },
  key_missing: { status: 503, retry: true, title: 'The key that this was encrypted with is not configured' },
  payload_unreadable: { status: 500, retry: false, title: 'What is stored cannot be decrypted: it was altered' },
  archive_damaged: { status: 500, retry: false, title: 'What is archived of the run is damaged or was altered' },
  archive_down: { status: 503, retry: true, title: 'The archive does not answer' },
  not_verified: { status: 503, retry: true, title: 'No worker has said whether its code fits the run' },
  temporal_down: { status: 503, retry: true, title: 'Temporal does not answer' },
  shutting_down: { status: 503, retry: true, title: 'This process is stopping' },
  // What a run may fail with. They travel as the type of an ApplicationFailure.
  agent_failed: { status: 500, retry: false, title: 'An agent failed' },
  agent_not_found: { status: 500, retry: false, title: 'The blueprint names an agent that it does not have' },
  step_paused: { status: 500, retry: true, title: 'The step is paused' },
  agent_timeout: { status: 500, retry: true, title: 'An agent took too long' },
  invalid_result: { status: 500, retry: false, title: 'An agent returned something else than its schema says' },
  invalid_checkpoint: { status: 500, retry: false, title: 'A checkpoint is over the limit, or no JSON' },
  update_too_large: { status: 500, retry: false, title: "An agent's update is over the limit" },
  iteration_limit: { status: 500, retry: false, title: 'The run passed its limit of iterations' },
  wall_time_limit: { status: 500, retry: false, title: 'The run passed its limit of time' },
  budget_limit: { status: 500, retry: false, title: 'The run passed its model budget' },
  question_expired: { status: 500, retry: false, title: 'Nobody answered in time' },
  policy_failed: { status: 500, retry: false, title: 'The routing policy failed' },
  model_refused: { status: 500, retry: false, title: 'The model provider refused the key or the request' },
  model_limited: { status: 500, retry: true, title: 'The model provider limits the rate' },
  model_failed: { status: 500, retry: true, title: 'The model provider failed or could not be reached' },
  model_malformed: { status: 500, retry: true, title: 'The model answered something else than was asked for' },
  no_mcp_server: { status: 500, retry: true, title: 'The MCP server could not be started or reached' },
  mcp_protocol: { status: 500, retry: true, title: 'The MCP server broke the protocol' },
  mcp_silent: { status: 500, retry: true, title: 'The MCP server fell silent' },
  mcp_crashed: { status: 500, retry: true, title: 'The MCP server ended while it was working' },
  mcp_tool_failed: { status: 500, retry: false, title: 'The MCP tool reported an error' },
  workspace_forbidden: { status: 403, retry: false, title: 'The workspace lies outside the folders that are allowed' },
  workspace_not_found: { status: 404, retry: false, title: 'There is no such workspace' },
  target_forbidden: { status: 403, retry: false, title: 'The address is private' },
  step_failed: { status: 500, retry: false, title: 'A step of the plan failed by its own input' },
  crawl_failed: { status: 500, retry: false, title: 'No page could be read' },
} as const satisfies Record<string, { status: number; retry: boolean; title: string }>;

export type ErrorCode = keyof typeof errorTable;

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorTable, code);
}

/** What an error says beyond its code: the field at fault, what would be right, ids. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** The only error class that crosses a boundary of Baton's own making. */
export class BatonError extends Error {
  override readonly name = 'BatonError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  get retry(): boolean {
    return errorTable[this.code].retry;
  }
}

/** WebSocket close codes that Baton uses. */
export const closeCodes = {
  normal: 1000,
  goingAway: 1001,
  policyViolation: 1008,
  frameTooLarge: 1009,
  internal: 1011,
  tryLater: 1013,
  tokenExpired: 4401,
  idle: 4408,
} as const;
