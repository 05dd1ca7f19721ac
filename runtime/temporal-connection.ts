/** How every process of Baton reaches Temporal. */
import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
  type ConnectionOptions,
} from '@temporalio/client';
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

/**
 * Does not wait for the server: calls fail or retry until it is there. `callMs` is how long a call that has no deadline of
 * its own may take, repetitions included. Default: without end, where the server is connected but hangs.
 */
export function connectTemporal(
  config: Config,
  dataConverter: DataConverter,
  { callMs }: { callMs?: number } = {},
): Client {
  const { connection, namespace } = temporalTarget(config);
  const bounded = callMs === undefined ? connection : { ...connection, interceptors: interceptors(callMs) };
  return new Client({ connection: Connection.lazy(bounded), namespace, dataConverter });
}

/** The SDK's own interceptor repeats a call with the options that it was given, so the deadline holds for all of it. */
function interceptors(callMs: number): NonNullable<ConnectionOptions['interceptors']> {
  const repeat = makeGrpcRetryInterceptor(defaultGrpcRetryOptions());
  return [(options, nextCall) => repeat({ ...options, deadline: options.deadline ?? Date.now() + callMs }, nextCall)];
}
