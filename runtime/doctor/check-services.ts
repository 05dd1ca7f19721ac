/** What Baton works with, as every process of it can look at: Temporal, the keys, the model, where it writes to outside. */
import type { Client } from '@temporalio/client';
import type { Finding } from '../../protocol/schemas/findings.ts';
import type { Config } from '../config.ts';
import type { PayloadDecoder } from '../data-converter.ts';
import { serverVersion } from '../server-version.ts';
import { temporalTarget } from '../temporal-connection.ts';
import { checkEncryption } from './check-encryption.ts';
import { checkModel } from './check-model.ts';
import { checkOutlets } from './check-outlets.ts';
import { checkTemporal } from './check-temporal.ts';
import { checked } from './check.ts';

export interface Services {
  config: Config;
  client: Client;
  decode: PayloadDecoder;
  /** Task queues that workers of this configuration serve. */
  queues: () => Promise<readonly string[]> | readonly string[];
}

export async function checkServices({ config, client, decode, queues }: Services): Promise<Finding[]> {
  const temporal = await checked('temporal', 'see MCP_SERVERS and the folder agents/', async () =>
    checkTemporal({
      client,
      address: temporalTarget(config).connection.address ?? '',
      isEmbedded: config.TEMPORAL_ADDRESS === undefined,
      serverVersion,
      retentionDays: config.BATON_RETENTION_DAYS,
      queues: await queues(),
      now: Date.now,
    }),
  );
  const isUp = temporal.some(({ check, verdict }) => check === 'temporal' && verdict === 'ok');
  const isOn = config.BATON_ENCRYPTION_KEYS !== undefined;
  const rest = await Promise.all([
    isUp
      ? checked('encryption', 'see whether Temporal answers lists', () => checkEncryption(client, decode, isOn))
      : [],
    checked('model', 'see the settings MODEL_…', () => checkModel(config)),
    checked('outlets', 'see the settings BATON_ARCHIVE_… and BATON_WEBHOOK_…', () => checkOutlets(config)),
  ]);
  return [...temporal, ...rest.flat()];
}
