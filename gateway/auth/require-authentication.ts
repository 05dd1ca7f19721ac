import { ConfigError, type Config } from '../../runtime/config.ts';
import { isLoopbackHost } from './loopback.ts';

/** Open is for loopback alone: anywhere else a gateway without authentication refuses to start. */
export function requireAuthentication(config: Pick<Config, 'BATON_HOST' | 'authenticationOn'>): void {
  if (config.authenticationOn || isLoopbackHost(config.BATON_HOST)) return;
  throw new ConfigError(
    `BATON_HOST is ${config.BATON_HOST}, which others can reach: set AUTH_TOKEN, AUTH_JWT_SECRET or AUTH_JWKS_URL, or bind to 127.0.0.1`,
  );
}
