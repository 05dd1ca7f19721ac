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
  const repeat = makeGrpcRetryInterceptor(defaultGrpcRetryOptions());
  const interceptors = callMs === undefined ? [repeat, whileOpen] : [bounded(callMs), repeat, whileOpen];
  return new Client({ connection: Connection.lazy({ ...connection, interceptors }), namespace, dataConverter });
}

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];
type Call = ReturnType<Interceptor>;

/** The SDK's own interceptor repeats a call with the options that it was given, so the deadline holds for all of it. */
function bounded(callMs: number): Interceptor {
  return (options, nextCall) => nextCall({ ...options, deadline: options.deadline ?? Date.now() + callMs }) as Call;
}

/**
 * A closed connection throws at whoever calls. The SDK repeats calls from timers, also after the close, where that would end
 * the process: here the call ends as cancelled.
 */
const whileOpen: Interceptor = (options, nextCall) => {
  try {
    return nextCall(options) as Call;
  } catch (error) {
    return endedCall(error instanceof Error ? error.message : String(error));
  }
};

/** gRPC status code. */
const cancelled = 1;

function endedCall(details: string): Call {
  const nothing = () => undefined;
  const call: Partial<Call> = {
    start(metadata, listener) {
      listener?.onReceiveMessage?.(null);
      listener?.onReceiveStatus?.({ code: cancelled, details, metadata });
    },
    sendMessage: nothing,
    sendMessageWithContext: nothing,
    startRead: nothing,
    halfClose: nothing,
    cancelWithStatus: nothing,
    getPeer: () => 'closed',
    getAuthContext: () => null,
  };
  return call as Call;
}
