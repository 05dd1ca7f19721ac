import type { SurfaceContext } from '../http/surface-context.ts';

/** What the sockets share besides the surface: whether Temporal answers, as far as is known. */
export interface SocketContext extends SurfaceContext {
  isTemporalUp: boolean;
}
