/** How every process of Baton reaches Temporal. */
import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Config } from './config.ts';

/**
 * Pages of a history are larger than gRPC's 4 MB; the SDK's own option misses the `grpc.` prefix and has no effect.
 * -1 is unlimited: the server bounds a page.
 */
const channelArgs = {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  // gRPC's own backoff grows to two minutes: a server that is back would stay unseen for so long.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
};

/** Address, namespace, TLS and API key as Temporal's own environment variables and profile file define them. */
export function temporalTarget(config: Config): { connection: ConnectionOptions; namespace: string } {
  if (config.TEMPORAL_ADDRESS === undefined) {
    return {
      connection: { address: `127.0.0.1:${config.BATON_TEMPORAL_PORT}`, channelArgs },
      namespace: config.TEMPORAL_NAMESPACE,
    };
  }
  const { connectionOptions, namespace } = loadClientConnectConfig();
  return {
    connection: { ...connectionOptions, address: config.TEMPORAL_ADDRESS, channelArgs },
    namespace: namespace ?? config.TEMPORAL_NAMESPACE,
  };
}

/** Does not wait for the server: calls fail or retry until it is there. */
export function connectTemporal(config: Config, dataConverter: DataConverter): Client {
  const { connection, namespace } = temporalTarget(config);
  return new Client({ connection: Connection.lazy(connection), namespace, dataConverter });
}
