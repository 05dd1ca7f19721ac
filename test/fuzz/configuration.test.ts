/** Settings: nonsense stops the process with the name of the variable, and without its value where that is secret. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMcpServers } from '../../agents/mcp/mcp-servers.ts';
import { createAuthenticator } from '../../gateway/auth/authenticator.ts';
import { requireAuthentication } from '../../gateway/auth/require-authentication.ts';
import { ConfigError, readConfig, settings, type Config } from '../../runtime/config.ts';
import { rounds } from '../harness/test-size.ts';
import { hostileJson, hostileString } from './hostile-values.ts';
import { newSeed } from './seed.ts';

const check = { seed: newSeed('settings'), numRuns: rounds(300, 3_000) };

/** All that looks at settings before anything is started. */
function readAll(environment: Record<string, string>): Config {
  const config = readConfig(environment);
  requireAuthentication(config);
  createAuthenticator(config);
  readMcpServers(config.MCP_SERVERS);
  return config;
}

const nonsense: Record<string, string[]> = {
  BATON_HOST: [' ', 'a b', '0.0.0.0', '192.168.1.7', '::', 'example.org', '127.0.0.1\n'],
  BATON_PORT: ['x', '-1', '65536', '80.5', ' ', '0x50', '1e3', '8080 ', 'NaN', 'Infinity', '80,81'],
  BATON_DATA_DIR: ['\u0000', 'a\nb'],
  BATON_CACHE_DIR: ['\u0000'],
  BATON_TEMPORAL_PORT: ['x', '70000', '-7'],
  BATON_RETENTION_DAYS: ['0', '-1', 'ever', '1.5'],
  BATON_TASK_QUEUE: [' ', 'a b', 'q\u0000'],
  BATON_MAX_BODY_BYTES: ['0', '8MiB', '-1', '1e400'],
  BATON_MAX_CONNECTIONS: ['0', 'many', '1.5'],
  BATON_RATE_LIMIT: ['-1', 'off', '1/s', '0.5'],
  BATON_FEED_CACHE_BYTES: ['0', '256M'],
  BATON_ARCHIVE_DIR: ['\u0000', 'a\nb'],
  BATON_ARCHIVE_S3: [
    'bucket',
    's3://',
    's3:/bucket/x',
    'https://bucket/x',
    's3://B_/x',
    's3://bucket/a b',
    's3://bucket/x',
  ],
  BATON_ARCHIVE_S3_ENDPOINT: ['s3.example', 'ftp://s3.example'],
  BATON_ARCHIVE_DELAY_SECONDS: ['-1', 'soon', '1.5', '99999999'],
  BATON_ENCRYPTION_KEYS: [
    ' ',
    ',',
    'k1',
    'k1:',
    ':AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
    'k1:c2hvcnQ=',
    'k 1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
    'k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=,',
    'k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=,k1:BBECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
  ],
  BATON_AGENT_LOGS: ['yes', '1', 'OFF'],
  BATON_BUILD_ID: ['.x', 'a b', 'x'.repeat(101), ' '],
  BATON_VERSIONING: ['yes', '1', 'ON'],
  BATON_DRAIN_SECONDS: ['-1', '1.5', '86401', 'long'],
  MODEL_PRICES: ['x', '1', '{"m":1}', '{"m":{"input":-1,"output":1}}'],
  BATON_PUBLIC_URL: ['baton.example', 'file:///x', ' '],
  BATON_WEBHOOK_URL: ['hooks.example', 'file:///etc/passwd', 'http://127.0.0.1:1/hook'],
  BATON_WEBHOOK_SECRET: [' ', ',', 'short', 'whsec_', 'whsec_c2hvcnQ=', `whsec_${'A'.repeat(43)}=,`],
  BATON_WEBHOOK_ALLOW_PRIVATE: ['yes', '2'],
  AUTH_TOKEN: [
    ' ',
    'two words',
    ',',
    'ann:client:',
    ':client:t',
    'ann::t',
    'ann:client:t,',
    'ann:client:t,bob:client:t',
    'ann:cli ent:t',
    'ann:client:t t',
    'tök',
  ],
  AUTH_JWKS_URL: ['keys', 'file:///etc/passwd', 'ftp://keys.test', 'javascript:alert(1)', '//keys.test'],
  BATON_OIDC_ISSUER: ['id.example', 'ftp://id.example', 'javascript:alert(1)', 'https://id.example'],
  BATON_OIDC_CLIENT_ID: ['a b', ' '],
  BATON_OIDC_TOKEN: ['token', 'ID_TOKEN', ' '],
  CORS_ORIGINS: ['app.example', 'https://app.example/', 'https://app.example/path', 'null', 'https://*.example'],
  CRAWL_ALLOW_PRIVATE: ['yes', '2', 'TRUE', ' '],
  MCP_SERVERS: [
    'x',
    '[]',
    '1',
    'null',
    '{"a":{}}',
    '{"a":{"command":""}}',
    '{"a":{"command":1}}',
    '{"a":{"url":"file:///etc/passwd"}}',
    '{"a":{"command":"x","url":"http://a"}}',
    '{"a":{"command":"x","zzz":1}}',
  ],
  MGX_TEST_PACE_MS: ['-1', 'slow', '1.5', '1e9'],
  WORKSPACE_ROOTS: ['\u0000', 'a\nb'],
  WORKSPACE_WRITE: ['yes', '2'],
  EXA_API_KEY: ['a b', ' '],
  EXA_BASE_URL: ['api.exa.ai', 'file:///etc/passwd'],
  MODEL_PROVIDER: ['gpt', 'OpenAI', ' ', 'openai', 'openai-compatible'],
  MODEL_NAME: [' ', 'a b', 'a-model-of-nobody'],
  MODEL_BASE_URL: ['localhost:11434', 'file:///etc/passwd', 'http://127.0.0.1:1/v1'],
  MODEL_API_KEY: ['a b', 'k\n', 'a-key-of-nobody'],
  LOG_LEVEL: ['loud', 'INFO', ' '],
  OTEL_EXPORTER_OTLP_ENDPOINT: ['collector', 'file:///tmp/x'],
  TEMPORAL_ADDRESS: [' ', 'a b'],
  TEMPORAL_NAMESPACE: [' ', 'a b'],
};

test.each(Object.entries(nonsense).flatMap(([name, values]) => values.map((value) => [name, value] as const)))(
  '%s=%j',
  (name, value) => {
    const read = () => readAll({ [name]: value });
    expect(read).toThrow(ConfigError);
    // AUTH_TOKEN is checked where it is used. An open host is refused by its own name.
    expect(read).toThrow(name);
  },
);

test('every setting that can be wrong is tried', () => {
  const anyText = ['AUTH_JWT_SECRET', 'AUTH_JWT_ISSUER', 'AUTH_JWT_AUDIENCE', 'BATON_OIDC_SCOPE'];
  expect(Object.keys(nonsense).toSorted()).toEqual(
    Object.keys(settings)
      .filter((name) => !anyText.includes(name))
      .toSorted(),
  );
});

test('any text in any setting is taken, or refused by the name of the setting', () => {
  const name = fc.constantFrom(...Object.keys(settings));
  fc.assert(
    fc.property(name, fc.oneof(hostileString, hostileJson, fc.integer().map(String)), (setting, value) => {
      let config: Config;
      try {
        config = readAll({ [setting]: value });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        expect(error.message).toContain(setting);
        if (/AUTH|MCP|KEYS/.test(setting) && value.trim().length > 12) expect(error.message).not.toContain(value);
        return;
      }
      expect(Number.isSafeInteger(config.BATON_PORT) && config.BATON_MAX_BODY_BYTES > 0).toBe(true);
    }),
    check,
  );
});

test('an MCP server’s secrets are not quoted, however its setting is broken', () => {
  const key = 'sk-live-51f0a2';
  const broken = [
    `{"a":{"command":"x","env":{"API_KEY":"${key}"}}`,
    `{"a":{"url":"http://a.test","headers":{"authorization":"${key}"},"zzz":1}}`,
    `{"a":{"command":["x"],"env":{"API_KEY":"${key}"}}}`,
    key,
    `{"a":"${key}"}`,
  ];
  for (const value of broken) {
    const read = () => readAll({ MCP_SERVERS: value });
    expect(read).toThrow(/MCP_SERVERS/);
    expect(read).not.toThrow(key);
  }
});
