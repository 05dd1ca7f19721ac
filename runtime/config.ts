/**
 * Every setting of every process, read once and checked at start. The docs' table is made from this one.
 * Nonsense stops the process with the variable's name.
 */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { isS3Address, s3PlaceOf } from '../stores/archive/s3-place.ts';
import { parseKeyRing } from '../stores/encryption/key-ring.ts';
import { parseWebhookSecrets } from './webhooks/signature.ts';
import { parseModelPrices } from './model/model-prices.ts';
import {
  archiveDelaySeconds,
  archiveDelaySecondsMax,
  bodyBytes,
  connections,
  drainSecondsMax,
  feedCacheBytes,
  mgxTestPaceMaxMs,
  mgxTestPaceMs,
  retentionDays,
} from '../protocol/limits.ts';

/** Digits alone: `Number` would take ' ', '0x50' and '1e3', too. */
const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,16}$/, `give a whole number from ${min}`)
    .transform(Number)
    .pipe(z.int().min(min).max(max));
const port = whole(0, 65_535);
const count = whole(1, Number.MAX_SAFE_INTEGER);
const word = z.string().regex(/^[^\s\p{Cc}]{1,1000}$/u, 'give one word, without blanks');
const path = z.string().regex(/^\P{Cc}{1,4096}$/u, 'give a path');
const webAddress = z.url({ protocol: /^https?$/, error: 'give an http or https address' });
const flag = z.enum(['0', '1', 'true', 'false']).transform((value) => value === '1' || value === 'true');
const buildId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'give letters, digits, `.`, `_` and `-`, at most 100');
const origins = z
  .string()
  .transform((value) =>
    value
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  )
  .refine((entries) => entries.every(isOrigin), 'give origins like https://app.example, separated by commas');

function isOrigin(entry: string): boolean {
  return entry === '*' || (!entry.includes('*') && URL.canParse(entry) && new URL(entry).origin === entry);
}

/** As text: a key ring that was read once would stand in whatever shows the configuration. */
const encryptionKeys = z.string().superRefine((value, faults) => {
  try {
    parseKeyRing(value);
  } catch (error) {
    faults.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
});

const webhookSecrets = z.string().superRefine((value, faults) => {
  try {
    parseWebhookSecrets(value);
  } catch (error) {
    faults.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
});

const modelPrices = z.string().transform((value, faults) => {
  try {
    return parseModelPrices(value);
  } catch {
    const message = 'give JSON: model → {"input": price, "output": price}, of a million tokens';
    faults.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
});

export const settings = {
  BATON_HOST: word
    .default('127.0.0.1')
    .describe('address the gateway listens on; another than loopback needs authentication'),
  BATON_PORT: port.default(8080).describe('port of the gateway; 0 takes a free one'),
  BATON_DATA_DIR: path.default('.baton').describe('history, blobs, knowledge, logs, processes.json'),
  BATON_CACHE_DIR: path.optional().describe("the Temporal server's binary; default: baton in the user's cache folder"),
  BATON_TEMPORAL_PORT: port.default(7233).describe('port of the embedded Temporal server'),
  BATON_RETENTION_DAYS: count.default(retentionDays).describe('how long ended runs stay readable, embedded server'),
  BATON_TASK_QUEUE: word.default('baton').describe('task queue of the supervisor'),
  BATON_MAX_BODY_BYTES: count.default(bodyBytes).describe('largest HTTP body'),
  BATON_MAX_CONNECTIONS: count.default(connections).describe('open sockets of one gateway'),
  BATON_RATE_LIMIT: whole(0, 1_000_000)
    .optional()
    .describe('requests per second and principal; 0 is off; default off when open, 200 with authentication'),
  BATON_FEED_CACHE_BYTES: count.default(feedCacheBytes).describe('log bytes a gateway keeps in memory'),
  BATON_ENCRYPTION_KEYS: encryptionKeys
    .optional()
    .describe('keys of payloads and blobs, comma list id:base64 of 32 bytes; the first encrypts, all decrypt'),
  BATON_AGENT_LOGS: z
    .enum(['on', 'off'])
    .default('on')
    .describe('off: what agents log is not kept for gateways, and only in the log of their process'),
  BATON_ARCHIVE_DIR: path.optional().describe('folder that ended runs are archived in; none: no archive'),
  BATON_ARCHIVE_S3: z
    .string()
    .refine(isS3Address, 'give s3://bucket/prefix')
    .optional()
    .describe(
      's3://bucket/prefix that ended runs are archived in, instead of a folder; needs AWS_ACCESS_KEY_ID and so on',
    ),
  BATON_ARCHIVE_S3_ENDPOINT: webAddress
    .optional()
    .describe('address of another store that speaks like S3; default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, else AWS'),
  BATON_ARCHIVE_DELAY_SECONDS: whole(0, archiveDelaySecondsMax)
    .default(archiveDelaySeconds)
    .describe('how long after its end a run is archived'),
  BATON_BUILD_ID: buildId
    .optional()
    .describe('what this build of the workers is called; default: a short hash of the workflow code'),
  BATON_VERSIONING: z
    .enum(['off', 'on'])
    .default('off')
    .describe('on: Temporal routes runs by build (worker versioning); a build gets runs once it is promoted'),
  BATON_DRAIN_SECONDS: whole(0, drainSecondsMax)
    .default(0)
    .describe('how long a stopping worker lets running steps finish before they are handed over'),
  BATON_PUBLIC_URL: webAddress
    .optional()
    .describe('where people reach the gateway, for links; default: http, BATON_HOST and BATON_PORT'),
  BATON_WEBHOOK_URL: webAddress
    .optional()
    .describe('is posted the questions and ends of all runs, signed; needs BATON_WEBHOOK_SECRET'),
  BATON_WEBHOOK_SECRET: webhookSecrets
    .optional()
    .describe('whsec_ and base64 of 24 to 64 bytes, or a comma list of them: what is posted is signed with each'),
  BATON_WEBHOOK_ALLOW_PRIVATE: flag
    .default(false)
    .describe("1: runs' own webhooks may be at loopback and private addresses"),
  AUTH_TOKEN: z.string().min(1).optional().describe('one token with all roles, or a comma list name:role[+role]:token'),
  AUTH_JWT_SECRET: z.string().min(1).optional().describe('secret of HS256/384/512 tokens'),
  AUTH_JWKS_URL: webAddress.optional().describe('where RS and ES keys are'),
  AUTH_JWT_ISSUER: z.string().min(1).optional().describe('checked when set'),
  AUTH_JWT_AUDIENCE: z.string().min(1).optional().describe('checked when set'),
  BATON_OIDC_ISSUER: webAddress
    .optional()
    .describe('OpenID provider that people sign in to the console with; needs AUTH_JWKS_URL and BATON_OIDC_CLIENT_ID'),
  BATON_OIDC_CLIENT_ID: word
    .optional()
    .describe('what the console is called there: a public client, whose redirect address is /signed-in here'),
  BATON_OIDC_SCOPE: z.string().min(1).default('openid profile').describe('what is asked of the provider'),
  BATON_OIDC_TOKEN: z
    .enum(['access_token', 'id_token'])
    .default('access_token')
    .describe("which of the provider's tokens is sent to the gateway; it must be a JWT with `sub` and `roles`"),
  CORS_ORIGINS: origins
    .optional()
    .describe(
      "origins allowed besides the gateway's own and loopback, comma list; `*`, any, counts only where a token is required",
    ),
  CRAWL_ALLOW_PRIVATE: flag.default(false).describe('1: crawls may fetch loopback and private addresses'),
  MCP_SERVERS: z
    .string()
    .optional()
    .describe('JSON: name → {command, args?, env?, url?}: MCP servers whose tools become agents'),
  MGX_TEST_PACE_MS: whole(0, mgxTestPaceMaxMs)
    .default(mgxTestPaceMs)
    .describe('mgx-tasks without a model: milliseconds that each role takes; 0 turns the pace off'),
  MODEL_PROVIDER: z
    .enum(['openai-compatible', 'anthropic', 'openai'])
    .optional()
    .describe('whose language model agents and decisions use: openai-compatible, anthropic or openai; none: no model'),
  MODEL_NAME: word.optional().describe('name of the model, as the provider calls it; needed with a provider'),
  MODEL_BASE_URL: webAddress
    .optional()
    .describe("address of the provider's API; needed for openai-compatible, as in http://127.0.0.1:11434/v1"),
  MODEL_API_KEY: word.optional().describe('key of the provider; needed for anthropic and openai'),
  MODEL_PRICES: modelPrices
    .optional()
    .describe('JSON: model → {input, output}: what a million tokens cost; timelines then tell costs'),
  WORKSPACE_ROOTS: path
    .optional()
    .describe(
      "folders that coding agents may read, colon list; default: the system's temporary folder and the current",
    ),
  WORKSPACE_WRITE: flag.default(false).describe('1: coding agents write the files that they make into the workspace'),
  EXA_API_KEY: word.optional().describe('scam-analysis: key of the Exa web search; none: the offline index of reports'),
  EXA_BASE_URL: webAddress.default('https://api.exa.ai').describe('scam-analysis: where that search is'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('least level that is logged'),
  OTEL_EXPORTER_OTLP_ENDPOINT: webAddress.optional().describe('where traces go; none: no tracing'),
  TEMPORAL_ADDRESS: word.optional().describe('a server of your own; without it Baton starts the embedded one'),
  TEMPORAL_NAMESPACE: word.default('default').describe('namespace there'),
} as const;

const settingsSchema = z.object(settings).superRefine((values, faults) => {
  const fault = (name: string, message: string) => faults.addIssue({ code: 'custom', path: [name], message });
  if (values.BATON_WEBHOOK_URL !== undefined && values.BATON_WEBHOOK_SECRET === undefined)
    fault('BATON_WEBHOOK_SECRET', 'BATON_WEBHOOK_URL is set: what is posted there is signed with a secret');
  if (values.BATON_OIDC_ISSUER !== undefined) {
    if (values.BATON_OIDC_CLIENT_ID === undefined)
      fault('BATON_OIDC_CLIENT_ID', 'BATON_OIDC_ISSUER is set: say what the console is called there');
    if (values.AUTH_JWKS_URL === undefined)
      fault('AUTH_JWKS_URL', 'BATON_OIDC_ISSUER is set: the gateway checks its tokens with the keys that are there');
  }
  const { MODEL_PROVIDER: provider, MODEL_NAME, MODEL_BASE_URL, MODEL_API_KEY } = values;
  if (provider === undefined) {
    const given = Object.entries({ MODEL_NAME, MODEL_BASE_URL, MODEL_API_KEY }).find(
      ([, value]) => value !== undefined,
    );
    if (given) fault('MODEL_PROVIDER', `${given[0]} is set: say whose model it is`);
    return;
  }
  if (MODEL_NAME === undefined) fault('MODEL_NAME', `MODEL_PROVIDER is ${provider}: name its model`);
  if (provider === 'openai-compatible' && MODEL_BASE_URL === undefined)
    fault('MODEL_BASE_URL', `MODEL_PROVIDER is ${provider}: say where it is`);
  if (provider !== 'openai-compatible' && MODEL_API_KEY === undefined)
    fault('MODEL_API_KEY', `MODEL_PROVIDER is ${provider}: it needs a key`);
});
export type Settings = z.infer<typeof settingsSchema>;

export interface Config extends Settings {
  /** Absolute. */
  dataDir: string;
  /** Absolute. */
  cacheDir: string;
  authenticationOn: boolean;
  /** What it was read from: blueprints say by it whether they are available. It holds secrets: for no log. */
  environment: Readonly<Record<string, string | undefined>>;
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Throws a `ConfigError` that names each variable at fault. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = settingsSchema.safeParse(present);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(`bad configuration: ${faults.join('; ')}`);
  }
  const values = parsed.data;
  const archive = archiveOf(values, present);
  return {
    ...values,
    ...archive,
    dataDir: resolve(values.BATON_DATA_DIR),
    cacheDir: resolve(values.BATON_CACHE_DIR ?? join(userCacheDir(environment), 'baton')),
    authenticationOn: [values.AUTH_TOKEN, values.AUTH_JWT_SECRET, values.AUTH_JWKS_URL].some(
      (value) => value !== undefined,
    ),
    environment: present,
  };
}

function archiveOf(
  { BATON_ARCHIVE_DIR: folder, BATON_ARCHIVE_S3: address }: Settings,
  environment: Record<string, string | undefined>,
): { BATON_ARCHIVE_DIR?: string } {
  if (address === undefined) return folder === undefined ? {} : { BATON_ARCHIVE_DIR: resolve(folder) };
  if (folder !== undefined)
    throw new ConfigError('bad configuration: BATON_ARCHIVE_S3: BATON_ARCHIVE_DIR is set, too; give one of them');
  try {
    s3PlaceOf(address, { environment });
    return {};
  } catch (error) {
    throw new ConfigError(`bad configuration: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function userCacheDir(environment: Readonly<Record<string, string | undefined>>): string {
  if (process.platform === 'win32') return environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  return environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
}
