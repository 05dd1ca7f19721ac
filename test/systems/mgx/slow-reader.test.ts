/**
 * Section 3, rule 6: who does not read. No role tells as much at once as the kernel's buffers take, so behind the product's
 * gateway stands a worker of the test's own, whose architect does.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { roleContract } from '../../../agents/mgx-tasks/contract.ts';
import { defineAgent } from '../../../protocol/agent.ts';
import { inProcessBus } from '../../../runtime/live-bus.ts';
import { createLog } from '../../../runtime/log.ts';
import { discoverAgents } from '../../../worker/discover-agents.ts';
import { startWorker, type RunningWorker } from '../../../worker/start-worker.ts';
import { Api } from '../../harness/gateway.ts';
import { runCommand, type Program } from '../../harness/launched.ts';
import { temporalAddress, temporalNamespace, testConfig, unique } from '../../harness/temporal-server.ts';
import { TestSocket } from '../../harness/test-socket.ts';
import { until } from '../../harness/until.ts';
import { eventsOf, isEvent } from './mgx.ts';

const artifacts = 400;
const content = 'x'.repeat(25_000);

const architect = defineAgent({
  contract: roleContract('Architect'),
  run: async (ctx) => {
    for (let index = 0; index < artifacts; index++)
      await ctx.emit('mgx.artifact', { name: `${index}`, message: 'more', content });
    return { done: { summary: 'flooded', artifacts: [] }, update: { Architect: [] } };
  },
});

let dataDir: string;
let gateway: Program;
let worker: RunningWorker;
let url: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'baton-mgx-'));
  const environment = {
    TEMPORAL_ADDRESS: temporalAddress(),
    TEMPORAL_NAMESPACE: temporalNamespace(),
    BATON_TASK_QUEUE: unique('flood'),
    BATON_DATA_DIR: dataDir,
    BATON_PORT: '0',
    MGX_TEST_PACE_MS: '0',
  };
  gateway = runCommand(['gateway'], environment);
  const config = testConfig(environment);
  const agents = await discoverAgents(config);
  worker = await startWorker(config, {
    bus: inProcessBus(),
    log: createLog('test', 'silent'),
    agents: agents.map((agent) => (agent.contract.name === architect.contract.name ? architect : agent)),
  });
  const port = await until('a gateway that is up', () => /"port":(\d+)/.exec(gateway.output())?.[1], 45_000);
  url = `http://127.0.0.1:${port}`;
});
afterAll(async () => {
  gateway.signal('SIGTERM');
  await gateway.ended;
  await worker.stop();
  await rm(dataDir, { recursive: true, force: true });
});

test('who does not read what comes is closed with 1013, and may come back for all of it (3, rule 6)', async () => {
  const { body } = await new Api(url).post('/api/tasks', { input_prompt: 'flood' });
  // Compressed, the filler would fit into the kernel's buffers.
  const options = { perMessageDeflate: false };
  const watch = () => TestSocket.open(`${url.replace('http', 'ws')}/ws/tasks/${String(body['id'])}`, options);
  const [whole, slow] = [await watch(), await watch()];
  slow.ws.pause();
  await whole.until(isEvent('AGENT_FINISHED', 'Architect'), 40_000);
  slow.ws.resume();
  expect((await slow.closed).code).toBe(1013);
  const back = await watch();
  await Promise.all([whole.closed, back.closed]);
  expect(eventsOf(back)).toEqual(eventsOf(whole));
  expect(eventsOf(whole).length).toBeGreaterThan(artifacts);
});
