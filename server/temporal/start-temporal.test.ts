import { Client, Connection } from '@temporalio/client';
import { expect, test } from 'vitest';
import { searchAttributes } from '../../protocol/execution.ts';
import { temporalAddress, temporalNamespace } from '../../test/harness/temporal-server.ts';

test('the server is healthy and knows the search attributes', async () => {
  const connection = await Connection.connect({ address: temporalAddress() });
  const client = new Client({ connection, namespace: temporalNamespace() });
  const { customAttributes } = await connection.operatorService.listSearchAttributes({
    namespace: temporalNamespace(),
  });
  expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.keys(searchAttributes)));
  expect((await client.workflow.count("BatonStatus = 'nothing has this'")).count).toBe(0);
  await connection.close();
});
