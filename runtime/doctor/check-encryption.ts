/** Whether the keys that are here read what the newest runs were written with. */
import type { Client } from '@temporalio/client';
import { BatonError } from '../../protocol/errors.ts';
import { doctorAnswerMs, doctorPayloads } from '../../protocol/limits.ts';
import { memoKeys } from '../../protocol/execution.ts';
import type { Finding } from '../../protocol/schemas/findings.ts';
import type { PayloadDecoder } from '../data-converter.ts';
import { isEncrypted } from '../payload-encryption.ts';
import { fault, ok, warning } from './check.ts';

const check = 'encryption';

export async function checkEncryption(client: Client, decode: PayloadDecoder, isOn: boolean): Promise<Finding> {
  const { executions } = await client.withDeadline(Date.now() + doctorAnswerMs, () =>
    client.workflowService.listWorkflowExecutions({
      namespace: client.options.namespace,
      query: 'BatonBlueprint IS NOT NULL',
      pageSize: doctorPayloads,
    }),
  );
  const faces = (executions ?? []).flatMap(({ memo }) => memo?.fields?.[memoKeys.face] ?? []);
  const encrypted = faces.filter((payload) => isEncrypted(payload)).length;
  try {
    for (const payload of faces) await decode(payload);
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return fault(
      check,
      error.message,
      'put the old key behind the present ones in BATON_ENCRYPTION_KEYS: docs/ops.md, Keep',
    );
  }
  const found = `the newest ${faces.length} runs are readable, ${encrypted} of them encrypted`;
  if (isOn || encrypted === 0) return ok(check, isOn ? found : `no keys, and ${found}`);
  return warning(check, `${found}, but there are no keys for new ones`, 'set BATON_ENCRYPTION_KEYS in every process');
}
