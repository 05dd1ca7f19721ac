/** What Temporal says of itself: whether it answers, namespace, search attributes, who serves the task queues, its clock. */
import { isGrpcServiceError, type Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { searchAttributes } from '../../protocol/execution.ts';
import { doctorAnswerMs, doctorBacklogAgeMs, doctorClockSkewMs } from '../../protocol/limits.ts';
import type { Finding } from '../../protocol/schemas/findings.ts';
import { taskQueueFacts, type TaskQueueFacts } from '../task-queue-facts.ts';
import { checked, fault, ok, said, warning } from './check.ts';

export interface TemporalSubject {
  client: Client;
  address: string;
  /** Whether Baton starts it. */
  isEmbedded: boolean;
  /** The version that Baton is measured with. */
  serverVersion: string;
  /** Days; of the embedded server. */
  retentionDays: number;
  /** Served by workers of Baton. */
  queues: readonly string[];
  now: () => number;
}

/** PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED. */
const closedCodes = [7, 12, 16];
const notFound = 5;
const { IndexedValueType } = proto.temporal.api.enums.v1;

export async function checkTemporal(subject: TemporalSubject): Promise<Finding[]> {
  const { client, address, isEmbedded } = subject;
  const within = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + doctorAnswerMs, call);
  let version: string;
  try {
    version = (await within(() => client.workflowService.getSystemInfo({}))).serverVersion ?? '';
  } catch (error) {
    const remedy = isEmbedded
      ? 'start Baton (npm start); where it runs, read logs/temporal.log in the data folder'
      : 'see that the server runs and that TEMPORAL_ADDRESS, TLS and API key are right';
    const reason = isGrpcServiceError(error) ? error.details || error.message : said(error);
    return [fault('temporal', `no Temporal server answers at ${address}: ${reason}`, remedy)];
  }
  const remedy = 'have an operator of the server see whether this account may ask it';
  const parts = await Promise.all([
    checked('namespace', remedy, () => within(() => checkNamespace(subject))),
    checked('search-attributes', remedy, () => within(() => checkSearchAttributes(client))),
    checked('task-queues', remedy, () => within(() => checkQueues(subject))),
  ]);
  return [ok('temporal', `answers at ${address}`), versionFinding(version, subject), ...parts.flat()];
}

function versionFinding(version: string, { serverVersion, isEmbedded }: TemporalSubject): Finding {
  const found = `the Temporal server is ${version || 'of an unknown version'}`;
  if (version === serverVersion) return ok('temporal-version', found);
  // Somebody else's server, or Temporal Cloud, has a version of its own.
  if (!isEmbedded && isAtLeast(version, serverVersion)) return ok('temporal-version', found);
  return warning(
    'temporal-version',
    `${found}; Baton is measured with ${serverVersion}`,
    isEmbedded ? 'stop what listens there and start Baton anew' : 'upgrade the server: docs/ops.md, Deploy',
  );
}

/** Compares what is numeric in them; Temporal Cloud's versions are not comparable and count as newer. */
function isAtLeast(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split('.').map(Number)) as [number[], number[]];
  if (a.some(Number.isNaN)) return true;
  const index = b.findIndex((part, place) => (a[place] ?? 0) !== part);
  return index === -1 || (a[index] ?? 0) > (b[index] ?? 0);
}

async function checkNamespace({ client, isEmbedded, retentionDays }: TemporalSubject): Promise<Finding> {
  const { namespace } = client.options;
  try {
    const { config } = await client.workflowService.describeNamespace({ namespace });
    const days = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / 86_400;
    const found = `${namespace} keeps ended runs for ${days.toFixed(days < 1 ? 2 : 0)} days`;
    if (isEmbedded && days !== retentionDays)
      return warning(
        'namespace',
        `${found}, BATON_RETENTION_DAYS says ${retentionDays}`,
        'restart Baton: it takes it over then',
      );
    if (days < 1)
      return warning(
        'namespace',
        found,
        'lengthen its retention, or archive: a run that failed at night is gone by noon',
      );
    return ok('namespace', found);
  } catch (error) {
    if (!isGrpcServiceError(error) || error.code !== notFound) throw error;
    return fault(
      'namespace',
      `the server has no namespace ${namespace}`,
      'make it, or set TEMPORAL_NAMESPACE to one that is there',
    );
  }
}

async function checkSearchAttributes(client: Client): Promise<Finding> {
  const { namespace } = client.options;
  let there: Record<string, number | null | undefined>;
  try {
    there = (await client.connection.operatorService.listSearchAttributes({ namespace })).customAttributes;
  } catch (error) {
    if (!isGrpcServiceError(error) || !closedCodes.includes(error.code)) throw error;
    return ok('search-attributes', 'this account may not list them; workers would not start without');
  }
  const wanted = Object.entries(searchAttributes);
  const faults = wanted.flatMap(([name, type]) => {
    const has = there[name];
    if (has === IndexedValueType[`INDEXED_VALUE_TYPE_${type}`]) return [];
    return has == null ? [`${name} (${type}) is missing`] : [`${name} is no ${type}`];
  });
  if (faults.length === 0) return ok('search-attributes', `all ${wanted.length} are there`);
  return fault(
    'search-attributes',
    faults.join(', '),
    'missing ones: restart Baton, which makes them, or `temporal operator search-attribute create`; one of another type: ' +
      'have it renamed, or use another namespace',
  );
}

async function checkQueues(subject: TemporalSubject): Promise<Finding[]> {
  const { queues, now } = subject;
  const facts = await Promise.all(queues.map((name) => taskQueueFacts(subject.client, name)));
  const newest = Math.max(...facts.map(({ newestPollMs }) => newestPollMs));
  return [...facts.map((queue) => queueFinding(queue)), ...(newest > 0 ? [clockFinding(newest - now())] : [])];
}

function queueFinding({ name, workers, backlog, backlogAgeMs }: TaskQueueFacts): Finding {
  const check = `task-queue ${name}`;
  const age = `${Math.round(backlogAgeMs / 1_000)} s`;
  if (workers === 0) {
    const waiting = backlog > 0 ? `, and ${backlog} tasks wait, the oldest for ${age}` : '';
    return fault(
      check,
      `no worker asks for its tasks${waiting}`,
      'start a worker (npm start, or npm run start:worker) on this task queue',
    );
  }
  const found = `workers: ${workers}, waiting tasks: ${backlog}`;
  if (backlogAgeMs <= doctorBacklogAgeMs) return ok(check, found);
  return warning(
    check,
    `${found}, the oldest for ${age}`,
    'start more workers, or see what keeps those that are there busy',
  );
}

/** A poll that the server dates into the future shows two clocks that differ; the other direction shows only after minutes. */
function clockFinding(aheadMs: number): Finding {
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const remedy = 'let a time service (chrony, systemd-timesyncd) set the clocks of all machines';
  if (aheadMs > doctorClockSkewMs)
    return warning('clock', `Temporal's clock is at least ${seconds} s ahead of this one`, remedy);
  if (aheadMs < -pollersKeptMs)
    return warning(
      'clock',
      `Temporal's clock seems to be behind this one, or no worker has asked for ${seconds} s`,
      remedy,
    );
  return ok('clock', "Temporal's clock is not ahead of this one");
}

/** A worker asks again each minute at the latest, and the server lists those of the last five. */
const pollersKeptMs = 120_000;
