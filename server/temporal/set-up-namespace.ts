/** Makes the namespace and its search attributes where they are missing. Any number of processes may do it at once. */
import { isGrpcServiceError, type Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import { searchAttributes } from '../../protocol/execution.ts';

const grpcInvalidArgument = 3;
const grpcNotFound = 5;
const grpcAlreadyExists = 6;
/** PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED. */
const operatorServiceClosed = [7, 12, 16];

const types = proto.temporal.api.enums.v1.IndexedValueType;
const wanted = Object.fromEntries(
  Object.entries(searchAttributes).map(([name, type]) => [name, types[`INDEXED_VALUE_TYPE_${type}`]]),
);

/** How often to look again until the server's caches know what was made. They are renewed every 2 s. */
const recheckMs = 50;
const settleDeadlineMs = 15_000;
const setUpDeadlineMs = 30_000;

export interface NamespaceSetUp {
  namespace: string;
  /** The embedded server's namespace is ours to make and to change; somebody else's is not. */
  owned: boolean;
  retentionDays: number;
}

export async function setUpNamespace(connection: Connection, options: NamespaceSetUp): Promise<void> {
  await connection.withDeadline(Date.now() + setUpDeadlineMs, async () => {
    if (options.owned) await ensureNamespace(connection, options);
    await ensureSearchAttributes(connection, options);
  });
}

async function ensureNamespace(connection: Connection, options: NamespaceSetUp): Promise<void> {
  const { namespace, retentionDays } = options;
  const retention = msToTs(`${retentionDays} days`);
  const service = connection.workflowService;
  try {
    const found = await service.describeNamespace({ namespace });
    const now = found.config?.workflowExecutionRetentionTtl?.seconds;
    if (Number(now) !== Number(retention.seconds)) {
      await service.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl: retention } });
    }
    return;
  } catch (error) {
    if (!hasCode(error, grpcNotFound)) throw error;
  }
  try {
    await service.registerNamespace({ namespace, workflowExecutionRetentionPeriod: retention });
  } catch (error) {
    if (!hasCode(error, grpcAlreadyExists)) throw error;
  }
}

async function ensureSearchAttributes(connection: Connection, options: NamespaceSetUp): Promise<void> {
  const { namespace } = options;
  const giveUpAt = Date.now() + settleDeadlineMs;
  for (;;) {
    try {
      const missing = await missingAttributes(connection, namespace);
      if (missing.length > 0) await addAttributes(connection, namespace, missing);
      await countByAll(connection, namespace);
      return;
    } catch (error) {
      const settles = hasCode(error, grpcNotFound) ? options.owned : hasCode(error, grpcInvalidArgument);
      if (!settles || Date.now() > giveUpAt) throw explained(error, namespace);
    }
    await new Promise((resolve) => void setTimeout(resolve, recheckMs));
  }
}

async function missingAttributes(connection: Connection, namespace: string): Promise<string[]> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return Object.keys(wanted).filter((name) => customAttributes[name] !== wanted[name]);
  } catch (error) {
    // A server whose operator service is closed to us, such as Temporal Cloud's: whether they work is what counts.
    if (operatorServiceClosed.some((code) => hasCode(error, code))) return [];
    throw error;
  }
}

async function addAttributes(connection: Connection, namespace: string, names: string[]): Promise<void> {
  const add = Object.fromEntries(names.map((name) => [name, wanted[name] ?? types.INDEXED_VALUE_TYPE_KEYWORD]));
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: add });
  } catch (error) {
    if (!hasCode(error, grpcAlreadyExists)) throw error;
  }
}

/** Any value of a type, as a query has it. */
const valueOf = {
  BOOL: 'true',
  DATETIME: "'2026-01-01T00:00:00Z'",
  KEYWORD: "'none'",
  KEYWORD_LIST: "'none'",
} as const;

/** A query that names every attribute is refused until the server knows them all. */
async function countByAll(connection: Connection, namespace: string): Promise<void> {
  const query = Object.entries(searchAttributes)
    .map(([name, type]) => `${name} = ${valueOf[type]}`)
    .join(' AND ');
  await connection.workflowService.countWorkflowExecutions({ namespace, query });
}

function explained(error: unknown, namespace: string): Error {
  const reason = isGrpcServiceError(error) ? error.details : String(error);
  const list = Object.entries(searchAttributes).map(([name, type]) => `${name} (${type})`);
  return new Error(
    `Temporal's namespace ${namespace} is not ready for Baton, and could not be made so (${reason}); ` +
      `have an operator make it, with the search attributes ${list.join(', ')}`,
    { cause: error },
  );
}

function hasCode(error: unknown, code: number): boolean {
  return isGrpcServiceError(error) && error.code === code;
}
