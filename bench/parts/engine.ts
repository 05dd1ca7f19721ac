/** Baton as `npm start` runs it by default: gateway and worker in one process, here with the bench's blueprints. */
import { fileURLToPath } from 'node:url';
import { blueprintFolders } from '../../gateway/create-engine.ts';
import { startGateway } from '../../gateway/start-gateway.ts';
import { readConfig } from '../../runtime/config.ts';
import { inProcessBus } from '../../runtime/live-bus.ts';
import { createLog } from '../../runtime/log.ts';
import { discoverAgents } from '../../worker/discover-agents.ts';
import { startWorker } from '../../worker/start-worker.ts';
import { giveCue, speakerOf, type Cue } from '../speech-gate.ts';
import { processNeed, processUse } from './process-use.ts';
import { servePart } from './serve-part.ts';

const folders = [...blueprintFolders, fileURLToPath(new URL('../plugins/workflows', import.meta.url))];
const agentsFolder = fileURLToPath(new URL('../plugins/agents', import.meta.url));

const config = readConfig(process.env);
const log = createLog('bench', config.LOG_LEVEL);
const bus = inProcessBus();
const gateway = await startGateway(config, { bus, log, folders });
let worker = process.env['BATON_BENCH_WORKER'] === 'none' ? null : await start();

async function start(): Promise<Awaited<ReturnType<typeof startWorker>>> {
  return startWorker(config, {
    bus,
    log,
    agents: await discoverAgents(config, agentsFolder),
    workflows: { folders },
  });
}

const methods = {
  port: () => gateway.port,
  use: processUse,
  need: processNeed,
  /** CPU time so far, without a collection. */
  cpuMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },
  speakerOf,
  giveCue: ({ run, cue }: { run: string; cue: Cue }) => giveCue(run, cue),
  stopWorker: async () => {
    await worker?.stop();
    worker = null;
  },
  stop: async () => {
    await worker?.stop();
    await gateway.stop();
    setImmediate(() => process.exit(0));
  },
};
export type EngineMethods = typeof methods;

servePart(methods);
