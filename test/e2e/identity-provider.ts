/** A real OpenID provider: authorization code with PKCE, JWT access tokens with `roles`, refresh tokens. Everybody may sign in. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export interface IdentityProvider {
  readonly issuer: string;
  readonly keysUrl: string;
  stop(): Promise<void>;
}

export const consoleClient = 'baton-console';
export const audience = 'https://baton.test';

/** `redirectUris` may be filled later, until somebody signs in. `roles`: of whoever signs in under this name. */
export async function startIdentityProvider(options: {
  redirectUris: string[];
  roles: Readonly<Record<string, readonly string[]>>;
  tokenSeconds: number;
}): Promise<IdentityProvider> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: consoleClient,
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        redirect_uris: options.redirectUris,
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
      },
    ],
    clientBasedCORS: () => true,
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    issueRefreshToken: () => true,
    extraTokenClaims: (_context, token) => {
      const accountId = 'accountId' in token ? token.accountId : '';
      return { roles: [...(options.roles[accountId] ?? [])] };
    },
    ttl: { AccessToken: options.tokenSeconds, Grant: 3_600, IdToken: 3_600, Interaction: 600, Session: 3_600 },
    features: {
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'openid profile',
          audience,
          accessTokenTTL: options.tokenSeconds,
          accessTokenFormat: 'jwt',
        }),
      },
    },
  });
  const handle = provider.callback();
  server.on('request', (request, response) => void handle(request, response));
  return {
    issuer,
    keysUrl: `${issuer}/jwks`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
