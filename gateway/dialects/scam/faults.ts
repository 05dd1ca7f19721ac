/** The contract's codes for the engine's errors. */
import { faultReply, type FaultTable } from '../dialect-fault.ts';

const table: FaultTable = {
  run_not_found: { status: 404, code: 'task_not_found' },
  run_exists: { status: 409, code: 'task_exists' },
  run_ended: { status: 409, code: 'task_ended' },
  invalid_json: { status: 422, code: 'invalid_request' },
  invalid_input: { status: 422, code: 'invalid_request' },
};

export const tellFault = faultReply(table);
