import { ApplicationFailure } from '@temporalio/workflow';

/** How a run fails: the code is the failure's type, the step stands in its details. */
export function failure(code: string, message: string, step?: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: code,
    message,
    nonRetryable: true,
    details: step === undefined ? [] : [{ step }],
  });
}
