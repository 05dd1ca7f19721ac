/** Faults of commands, as clients of request-rooms know them. */
import { DialectFault, type FaultTable, toDialectFault } from '../dialect-fault.ts';

export const faultTable: FaultTable = {
  run_not_found: { status: 404, code: 'request_not_found' },
  run_ended: { status: 409, code: 'request_ended' },
  question_not_found: { status: 409, code: 'no_pending_question' },
  question_closed: { status: 409, code: 'no_pending_question' },
  answer_refused: { status: 409, code: 'no_pending_question' },
  invalid_input: { status: 422, code: 'invalid_request' },
  invalid_answer: { status: 422, code: 'invalid_request' },
};

export function invalidRequest(message: string): DialectFault {
  return new DialectFault(422, 'invalid_request', message);
}

export function noPendingQuestion(message: string): DialectFault {
  return new DialectFault(409, 'no_pending_question', message);
}

export function toRoomFault(cause: unknown): DialectFault {
  return toDialectFault(cause, faultTable);
}
