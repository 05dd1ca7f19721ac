/** The system as this gateway sees it. */
import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';
import { doctorKeptMs, systemAnswerMs, systemKeptMs } from '../../protocol/limits.ts';
import { worstVerdict, type Findings } from '../../protocol/schemas/findings.ts';
import type { TemporalStanding } from '../../protocol/schemas/system.ts';
import { checkProcess } from '../../runtime/doctor/check-process.ts';
import { checkServices } from '../../runtime/doctor/check-services.ts';
import { ok } from '../../runtime/doctor/check.ts';
import { temporalTarget } from '../../runtime/temporal-connection.ts';
import { millisOf } from '../../runtime/task-queue-facts.ts';
import type { SystemPort } from '../engine.ts';
import type { RunContext } from '../runs/run-context.ts';
import { kept } from './kept.ts';
import { queueStandings } from './queue-standings.ts';
import { servedQueues } from './served-queues.ts';

type SystemContext = Pick<RunContext, 'client' | 'config' | 'agents' | 'decode' | 'log'>;

export function systemPort(context: SystemContext): SystemPort {
  return {
    standing: kept(() => standing(context), systemKeptMs),
    examine: kept(() => examine(context), doctorKeptMs),
  };
}

async function standing({ client, config, agents, log }: SystemContext): ReturnType<SystemPort['standing']> {
  const { namespace } = client.options;
  const where = { address: temporalTarget(config).connection.address ?? '', namespace };
  const askedAtMs = performance.now();
  try {
    return await client.withDeadline(Date.now() + systemAnswerMs, async () => {
      const { serverVersion } = await client.workflowService.getSystemInfo({});
      const answerMs = Math.round((performance.now() - askedAtMs) * 10) / 10;
      const [retentionDays, taskQueues] = await Promise.all([
        retentionOf(client),
        queueStandings(client, servedQueues({ config, agents })),
      ]);
      const temporal: TemporalStanding = {
        ...where,
        reachable: true,
        answerMs,
        version: serverVersion || null,
        retentionDays,
      };
      return { temporal, taskQueues };
    });
  } catch (error) {
    log.debug({ err: error }, 'Temporal does not answer who asks how the system stands');
    const temporal = { ...where, reachable: false, answerMs: null, version: null, retentionDays: null };
    return { temporal, taskQueues: [] };
  }
}

async function retentionOf(client: Client): Promise<number | null> {
  const { namespace } = client.options;
  const { config } = await client.workflowService.describeNamespace({ namespace });
  const ttl = config?.workflowExecutionRetentionTtl;
  return ttl ? millisOf(ttl) / 86_400_000 : null;
}

/** What needs the launcher's or a worker's machine (ports, the lock, MCP servers), only the command line looks at. */
async function examine(context: SystemContext): Promise<Findings> {
  const { config, client, decode } = context;
  const self = ok('gateway', `process ${process.pid} on ${hostname()} answers`);
  const own = await checkProcess(config);
  const services = await checkServices({ config, client, decode, queues: () => servedQueues(context) });
  const items = [...own, self, ...services];
  return { verdict: worstVerdict(items), at: new Date().toISOString(), items };
}
