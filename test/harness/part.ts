/** A worker or a gateway as a process of its own, killed and replaced at will. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../runtime/log.ts';
import { workflowBundle } from '../../worker/workflow-bundle.ts';
import { testBlueprints } from './test-blueprints.ts';

const script = join(import.meta.dirname, '..', 'fixtures', 'part-process.ts');

interface Loaded {
  child: ChildProcess;
  loaded: Promise<unknown>;
}

/** One that has loaded its code waits beside the one that runs, so that a killed one is replaced at once. */
export class Part {
  private readonly role: 'worker' | 'gateway';
  private readonly environment: Readonly<Record<string, string>>;
  private running: ChildProcess | null = null;
  private spare: Loaded;
  port = 0;

  constructor(role: 'worker' | 'gateway', environment: Readonly<Record<string, string>>) {
    this.role = role;
    this.environment = environment;
    this.spare = this.load();
  }

  get pid(): number {
    return this.running?.pid ?? 0;
  }

  /** Resolves when it works. */
  async start(): Promise<void> {
    const { child, loaded } = this.spare;
    await loaded;
    this.running = child;
    const ready = once(child, 'message') as Promise<[{ kind: string; port: number }]>;
    child.send('go');
    const died = once(child, 'exit').then(() => {
      throw new Error(`the ${this.role} did not start`);
    });
    died.catch(() => undefined);
    const [{ port }] = await Promise.race([ready, died]);
    this.port = port;
    this.spare = this.load();
  }

  /** Resolves when the one beside it has loaded its code: what is measured then has the machine to itself. */
  async spareIsLoaded(): Promise<void> {
    await this.spare.loaded;
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.running;
    this.running = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async stop(): Promise<void> {
    await this.kill();
    this.spare.child.kill('SIGKILL');
  }

  private load(): Loaded {
    const port = this.port === 0 ? {} : { BATON_PORT: String(this.port) };
    const child = fork(script, [this.role], {
      env: { ...process.env, ...this.environment, ...port },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const loaded = once(child, 'message');
    loaded.catch(() => undefined);
    return { child, loaded };
  }
}

export interface Parts {
  gateway: Part;
  worker: Part;
  stop(): Promise<void>;
}

/** A gateway and a worker of the same environment, which both work when it resolves. */
export async function startParts(environment: Readonly<Record<string, string>>): Promise<Parts> {
  const gateway = new Part('gateway', environment);
  const worker = new Part('worker', environment);
  await Promise.all([gateway.start(), worker.start()]);
  const stop = async () => void (await Promise.all([gateway.stop(), worker.stop()]));
  return { gateway, worker, stop };
}

/** The tests' workflow code, bundled once for all processes; the path of its file. */
export async function writeBundle(): Promise<string> {
  const { code } = await workflowBundle(createLog('test', 'warn'), { folders: testBlueprints });
  const file = join(await mkdtemp(join(tmpdir(), 'baton-code-')), 'workflows.js');
  await writeFile(file, code);
  return file;
}
