/** Puts the engine behind the surface together. */
import { fileURLToPath } from 'node:url';
import { connectionAnswerMs, feedLingerMs, temporalCallMs } from '../protocol/limits.ts';
import type { RunState } from '../protocol/schemas/state.ts';
import { openAgentLogReader } from '../runtime/agent-logs.ts';
import { openArchive, openBlobs } from '../runtime/archive.ts';
import type { Config } from '../runtime/config.ts';
import { createDataConverter, payloadDecoder } from '../runtime/data-converter.ts';
import type { LiveBus } from '../runtime/live-bus.ts';
import type { Log } from '../runtime/log.ts';
import { connectTemporal } from '../runtime/temporal-connection.ts';
import { StoredFiles } from '../stores/archive/stored-files.ts';
import { RunLedger } from '../stores/ledger/run-ledger.ts';
import { agentLogsPort } from './agent-logs/agent-logs-port.ts';
import { archivePass, type ArchivePass } from './archive/archive-pass.ts';
import type { Engine } from './engine.ts';
import { watchConnection } from './feed/connection-watch.ts';
import { FeedMemory } from './feed/feed-memory.ts';
import { pollFeeds } from './feed/feed-poller.ts';
import { FeedRegistry } from './feed/feed-registry.ts';
import { HistoryService } from './history/history-service.ts';
import { PastRuns } from './history/past-runs.ts';
import { knowledgePort } from './knowledge/knowledge-port.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { measureStanding } from './metrics/standing.ts';
import { loadAgentContracts } from './runs/load-agent-contracts.ts';
import { loadContracts } from './runs/load-contracts.ts';
import type { RunContext } from './runs/run-context.ts';
import { createRuns } from './runs/run-service.ts';
import { systemPort } from './system/system-port.ts';

/** Folders whose folders are blueprints. Tests give their own beside ours. */
export const blueprintFolders = [fileURLToPath(new URL('../workflows', import.meta.url))];

const agentsFolder = fileURLToPath(new URL('../agents', import.meta.url));

const readyDeadlineMs = 1_000;

export interface EngineParts {
  bus: LiveBus;
  log: Log;
  metrics: Metrics;
  folders?: readonly string[];
  /** Whose folders are agents, beside ours. */
  agentFolders?: readonly string[];
}

export type { Place } from './archive/archive-pass.ts';

/** The engine without what only a surface needs: it looks at nothing by itself, and keeps no feed open. */
export interface Commands extends Pick<Engine, 'runs' | 'feeds' | 'close'> {
  /** Without one where no archive is configured. */
  archiving?: ArchivePass;
}

/** For agents that act on runs. */
export async function createCommands(
  config: Config,
  { metrics = createMetrics(), ...parts }: Omit<EngineParts, 'metrics'> & { metrics?: Metrics },
): Promise<Commands> {
  const { context, feeds } = await connect(config, { ...parts, metrics }, 0);
  const close = async () => {
    feeds.close();
    context.ledger.close();
    context.agentLogs.close();
    await context.client.connection.close();
  };
  const { archive } = context;
  const files = new StoredFiles(config.dataDir);
  return {
    runs: createRuns(context),
    feeds,
    close,
    ...(archive ? { archiving: archivePass({ ...context, archive, files }) } : {}),
  };
}

export async function createEngine(config: Config, parts: EngineParts): Promise<Engine> {
  const { log, metrics } = parts;
  const { context, feeds, memory } = await connect(config, parts, feedLingerMs);
  const { client } = context;
  const knowledge = knowledgePort(config.dataDir, log);
  measureStanding(context, metrics);
  const polling = pollFeeds(context, () => {
    metrics.tails.set(feeds.feeds.filter((feed) => !feed.ended).length);
    metrics.feedBytes.set(memory.bytes);
  });
  const answerWithin = (ms: number) =>
    client.withDeadline(Date.now() + ms, () => client.workflowService.getSystemInfo({}));
  const watching = watchConnection(
    () => answerWithin(connectionAnswerMs),
    (isUp) => feeds.noteAnswer(isUp),
  );
  return {
    runs: createRuns(context),
    feeds,
    knowledge,
    system: systemPort(context),
    agentLogs: agentLogsPort(context),
    ready: async () => {
      try {
        await answerWithin(readyDeadlineMs);
        return true;
      } catch (error) {
        log.debug({ err: error }, 'Temporal does not answer');
        return false;
      }
    },
    close: async () => {
      polling[Symbol.dispose]();
      watching[Symbol.dispose]();
      feeds.close();
      knowledge.close();
      context.ledger.close();
      context.agentLogs.close();
      await client.connection.close();
    },
  };
}

async function connect(
  config: Config,
  { bus, log, metrics, folders = blueprintFolders, agentFolders = [] }: EngineParts,
  lingerMs: number,
): Promise<{ context: RunContext; feeds: FeedRegistry; memory: FeedMemory }> {
  const contracts = await loadContracts(folders);
  const agents = await loadAgentContracts([agentsFolder, ...agentFolders]);
  const dataConverter = createDataConverter(config);
  const client = connectTemporal(config, dataConverter, { callMs: temporalCallMs });
  const decode = payloadDecoder(dataConverter);
  const archive = openArchive(config);
  const ledger = new RunLedger(config.dataDir, (error) =>
    log.warn({ err: error }, 'the ledger of run ids could not be read or written'),
  );
  const past = new PastRuns(archive, ledger);
  const service = new HistoryService(client, past);
  const blobs = openBlobs(config);
  const memory = new FeedMemory(config.BATON_FEED_CACHE_BYTES);
  const reading = {
    service,
    decode,
    readStored: async (run: string, { ref }: { ref: string }) =>
      JSON.parse(Buffer.from(await blobs.get(run, ref)).toString('utf8')) as unknown,
    onMismatch: (mismatch: { run: string; said: number; counted: number }) => {
      metrics.seqMismatch.inc();
      log.error(mismatch, 'a batch says another first seq than the history gives');
    },
  };
  const onFault = (run: string, error: unknown) => log.warn({ run, err: error }, 'the log of a run could not be read');
  const onTailLag = (seconds: number) => metrics.tailLagSeconds.observe(seconds);
  const onEnd = ({ blueprint, status }: RunState) => metrics.runsEnded.inc({ blueprint, outcome: status });
  const feeds = new FeedRegistry({ ...reading, memory, onFault, onTailLag, onEnd }, bus, { lingerMs });
  const context: RunContext = {
    config,
    client,
    service,
    reading,
    feeds,
    contracts,
    agents,
    archive,
    ledger,
    blobs,
    agentLogs: openAgentLogReader(config),
    bus,
    log,
    metrics,
    decode,
  };
  return { context, feeds, memory };
}
