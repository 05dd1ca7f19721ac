/**
 * How errors become failures where payloads are encrypted: message and stack trace travel as a payload, not in the clear.
 * The SDK loads this file by its path, for processes and for the workflow bundle.
 */
import { DefaultFailureConverter } from '@temporalio/common';

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
