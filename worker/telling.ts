/** What a worker has to tell webhooks with. */
import { tellActivity, type TellActivity } from '../activities/tell.ts';
import { tellQueue } from '../protocol/telling.ts';
import type { Config } from '../runtime/config.ts';
import type { LiveBus } from '../runtime/live-bus.ts';
import type { Log } from '../runtime/log.ts';
import { openWebhooks } from '../runtime/webhooks/webhook.ts';
import { tellPort } from './tell-port.ts';

export interface OpenTelling {
  taskQueue: string;
  tell: TellActivity;
  close(): Promise<void>;
}

/** null where there is no secret to sign with: runs then have no webhooks. */
export function openTelling(config: Config, { bus, log }: { bus: LiveBus; log: Log }): OpenTelling | null {
  if (config.BATON_WEBHOOK_SECRET === undefined) return null;
  const webhooks = openWebhooks(config);
  const port = tellPort(async () => {
    const { createCommands } = await import('../gateway/create-engine.ts');
    return await createCommands(config, { bus, log });
  });
  return {
    taskQueue: tellQueue(config.BATON_TASK_QUEUE),
    tell: tellActivity({ port, webhooks, publicUrl: publicUrlOf(config), log }),
    close: async () => {
      await Promise.all([port.close(), webhooks.close()]);
    },
  };
}

function publicUrlOf({ BATON_PUBLIC_URL: given, BATON_HOST: host, BATON_PORT: port }: Config): string {
  if (given !== undefined) return given.replace(/\/+$/, '');
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
