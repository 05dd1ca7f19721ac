/**
 * The gateways of an installation: each says how it stands in a file of its own, in the data folder that they share, and
 * reads what the others say. Nothing depends on it.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rosterExpiryMs, rosterRenewMs } from '../../protocol/limits.ts';
import { gatewayStandingSchema, type GatewayStanding } from '../../protocol/schemas/system.ts';

interface RosterParts {
  dataDir: string;
  standing: () => Promise<GatewayStanding>;
  /** The folder cannot be written, or read. Told once, until it can be again. */
  onFault: (error: unknown) => void;
}

export class GatewayRoster {
  private readonly folder: string;
  private readonly file = `${randomUUID()}.json`;
  private readonly parts: RosterParts;
  private readonly telling: NodeJS.Timeout;
  private told: Promise<unknown> = Promise.resolve();
  private isFaulty = false;
  private isStopped = false;

  /** Tells at once, and again every few seconds. */
  constructor(parts: RosterParts) {
    this.parts = parts;
    this.folder = join(parts.dataDir, 'gateways');
    void this.tell();
    this.telling = setInterval(() => void this.tell(), rosterRenewMs);
    this.telling.unref();
  }

  /** This one as it stands now, then the others by host and process. This one alone where the folder cannot be read. */
  async read(): Promise<[own: GatewayStanding, ...others: GatewayStanding[]]> {
    await this.told;
    const [own, others] = await Promise.all([this.parts.standing(), this.watched(() => this.readOthers())]);
    return [own, ...(others ?? []).toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))];
  }

  /** The others see it no more. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.telling);
    await this.told;
    await this.watched(() => rm(join(this.folder, this.file), { force: true }));
  }

  /** Called by its own timer. */
  tell(): Promise<unknown> {
    this.told = this.told.then(() => this.watched(() => this.write()));
    return this.told;
  }

  private async write(): Promise<void> {
    if (this.isStopped) return;
    await mkdir(this.folder, { recursive: true });
    const unfinished = join(this.folder, `${this.file}.new`);
    await writeFile(unfinished, JSON.stringify(await this.parts.standing()));
    await rename(unfinished, join(this.folder, this.file));
  }

  private async readOthers(): Promise<GatewayStanding[]> {
    // By the clock of the disk alone: those of the machines may differ.
    const { mtimeMs } = await stat(join(this.folder, this.file));
    const names = (await readdir(this.folder)).filter((name) => !name.startsWith(this.file));
    const others = await Promise.all(names.map((name) => this.readOther(name, mtimeMs - rosterExpiryMs)));
    return others.filter((other) => other !== null);
  }

  /** null: it is gone, or this is not all of it. What was killed is cleared away by whoever finds it. */
  private async readOther(name: string, sinceMs: number): Promise<GatewayStanding | null> {
    const file = join(this.folder, name);
    try {
      if ((await stat(file)).mtimeMs < sinceMs) await rm(file, { force: true });
      else if (name.endsWith('.json'))
        return gatewayStandingSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data ?? null;
    } catch (error) {
      // It has stopped in between.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    return null;
  }

  private async watched<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      const done = await work();
      this.isFaulty = false;
      return done;
    } catch (error) {
      if (!this.isFaulty) this.parts.onFault(error);
      this.isFaulty = true;
      return null;
    }
  }
}

function nameOf({ host, process }: GatewayStanding): string {
  return `${host} ${String(process).padStart(10)}`;
}
