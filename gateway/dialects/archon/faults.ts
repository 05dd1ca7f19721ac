/** What the archon dialect calls the engine's errors. */
import { DialectFault, faultReply, type FaultTable } from '../dialect-fault.ts';

const faults: FaultTable = {
  invalid_input: { status: 422, code: 'invalid_request' },
  run_not_found: { status: 404, code: 'progress_not_found' },
  run_exists: { status: 409, code: 'progress_id_in_use' },
  run_not_ended: { status: 409, code: 'progress_id_in_use' },
  run_moved: { status: 409, code: 'progress_id_in_use' },
  run_ended: { status: 409, code: 'crawl_ended' },
};

export const fault = faultReply(faults);

export function inUse(progressId: string): DialectFault {
  return new DialectFault(409, 'progress_id_in_use', `crawl ${progressId} is active: cancel it or choose another id`);
}

export function noCrawl(progressId: string): DialectFault {
  return new DialectFault(
    404,
    'progress_not_found',
    `there is no crawl ${progressId}, or its record is not kept any more`,
  );
}

export function noItem(sourceId: string): DialectFault {
  return new DialectFault(404, 'item_not_found', `there is no knowledge item ${sourceId}`);
}
