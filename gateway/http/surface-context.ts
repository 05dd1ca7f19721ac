import type { Config } from '../../runtime/config.ts';
import type { Log } from '../../runtime/log.ts';
import type { Tracing } from '../../runtime/tracing.ts';
import type { Admission } from '../auth/admission.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import type { OriginRule } from '../auth/origin.ts';
import type { Engine } from '../engine.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Presence } from '../presence/presence.ts';
import type { GatewayRoster } from '../system/gateway-roster.ts';

/** What every part of the surface shares. */
export interface SurfaceContext {
  config: Config;
  engine: Engine;
  log: Log;
  metrics: Metrics;
  roster: GatewayRoster;
  tracing: Tracing;
  authenticator: Authenticator;
  admission: Admission;
  originRule: OriginRule;
  presence: Presence;
  /** Fires when the gateway begins to stop. */
  stopping: AbortSignal;
}
