/** Posts signed messages to webhooks. */
import { Agent, request, type Dispatcher } from 'undici';
import { webhookAnswerMs } from '../../protocol/limits.ts';
import type { TellingTo } from '../../protocol/telling.ts';
import type { Config } from '../config.ts';
import { guardedConnector } from '../guarded-connector.ts';
import { parseWebhookSecrets, signatureHeaders } from './signature.ts';
import { assertWebhookAddress } from './webhook-address.ts';

export interface Webhooks {
  /** null: it was taken. Else why not, in words that hold no secret. Rejects only with the signal's reason. */
  post(to: TellingTo, message: { id: string; body: string }, signal: AbortSignal): Promise<string | null>;
  close(): Promise<void>;
}

type WebhookSettings = Pick<Config, 'BATON_WEBHOOK_URL' | 'BATON_WEBHOOK_SECRET' | 'BATON_WEBHOOK_ALLOW_PRIVATE'>;

export function openWebhooks(config: WebhookSettings, now: () => number = Date.now): Webhooks {
  const { BATON_WEBHOOK_SECRET: secret, BATON_WEBHOOK_URL: operatorUrl } = config;
  const secrets = secret === undefined ? [] : parseWebhookSecrets(secret);
  const open = new Agent({ connect: { timeout: webhookAnswerMs } });
  const guarded = config.BATON_WEBHOOK_ALLOW_PRIVATE
    ? open
    : new Agent({ connect: guardedConnector(assertWebhookAddress, webhookAnswerMs) });
  const send = async (url: string, dispatcher: Dispatcher, headers: Record<string, string>, body: string) => {
    const { statusCode, body: answer } = await request(url, {
      method: 'POST',
      dispatcher,
      headers: { 'content-type': 'application/json', 'user-agent': 'baton-webhooks', ...headers },
      body,
      signal: AbortSignal.timeout(webhookAnswerMs),
    });
    // Redirects are not followed: what they lead to nobody has named.
    await answer.dump();
    return statusCode >= 200 && statusCode < 300 ? null : `it answered ${statusCode}`;
  };
  return {
    async post(to, { id, body }, signal) {
      signal.throwIfAborted();
      const url = to.to === 'run' ? to.url : operatorUrl;
      // A process that lacks the setting is a fault of the deployment, which may be mended.
      if (url === undefined) return 'this worker has no BATON_WEBHOOK_URL';
      if (secrets.length === 0) return 'this worker has no BATON_WEBHOOK_SECRET';
      const headers = signatureHeaders(secrets, { id, at: now(), body });
      try {
        return await send(url, to.to === 'run' ? guarded : open, headers, body);
      } catch (error) {
        return error instanceof Error ? error.message || error.name : String(error);
      }
    },
    close: async () => {
      await Promise.all([open.close(), guarded === open ? null : guarded.close()]);
    },
  };
}
