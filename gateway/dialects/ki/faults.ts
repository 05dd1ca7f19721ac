import { toDialectFault, DialectFault, type FaultTable } from '../dialect-fault.ts';

/** What ki-autoagent's contract calls the engine's errors. */
export const faultTable: FaultTable = {
  run_not_found: { status: 404, code: 'session_not_found' },
  run_not_ended: { status: 409, code: 'session_busy' },
  run_exists: { status: 409, code: 'session_busy' },
  run_moved: { status: 409, code: 'session_busy' },
  run_ended: { status: 409, code: 'already_ended' },
  question_not_found: { status: 409, code: 'no_pending_hitl' },
  question_closed: { status: 409, code: 'no_pending_hitl' },
  invalid_answer: { status: 422, code: 'invalid_decision' },
  invalid_input: { status: 422, code: 'invalid_request' },
  invalid_cursor: { status: 422, code: 'invalid_request' },
  invalid_json: { status: 422, code: 'invalid_request' },
};

export function toKiFault(cause: unknown): DialectFault {
  return toDialectFault(cause, faultTable);
}

export const faults = {
  sessionNotFound: (id: string) => new DialectFault(404, 'session_not_found', `there is no session ${id}`),
  busy: (id: string) => new DialectFault(409, 'session_busy', `session ${id} has a run that has not ended`),
  noPending: () => new DialectFault(409, 'no_pending_hitl', 'nobody is asked anything now'),
  unknownRequest: (id: string) => new DialectFault(409, 'unknown_request', `there is no open request ${id}`),
  invalidDecision: () => new DialectFault(422, 'invalid_decision', 'decision: approve, reject or revise'),
  alreadyEnded: (id: string) =>
    new DialectFault(409, 'already_ended', `session ${id} has no run that could be cancelled`),
  emptyMessage: () => new DialectFault(422, 'empty_message', 'message: say what is wanted'),
  invalidRequest: (message: string) => new DialectFault(422, 'invalid_request', message),
};
