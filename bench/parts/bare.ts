/** A Temporal worker without Baton: what the same work costs on the same server, with the same worker options. */
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { createLog } from '../../runtime/log.ts';
import { installSdkRuntime } from '../../worker/sdk-runtime.ts';
import { workerLimits } from '../../worker/worker-options.ts';
import { processUse } from './process-use.ts';
import { servePart } from './serve-part.ts';
import { streamActivities } from './stream-activities.ts';

const log = createLog('bench', 'warn');
installSdkRuntime(log);
const connection = await NativeConnection.connect({
  address: process.env['TEMPORAL_ADDRESS'] ?? '',
  payloadLimits: { memoWarnSize: 0 },
});
const worker = await Worker.create({
  ...workerLimits,
  connection,
  taskQueue: 'bare',
  workflowBundle: await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    logger: { ...console, log: () => undefined, trace: () => undefined, debug: () => undefined, info: () => undefined },
  }),
  activities: { ...streamActivities, even: async () => ({ done: true }), odd: async () => ({ done: true }) },
});
const running = worker.run();

const methods = {
  use: processUse,
  stop: async () => {
    worker.shutdown();
    await running;
    await connection.close();
    setImmediate(() => process.exit(0));
  },
};
export type BareMethods = typeof methods;

servePart(methods);
