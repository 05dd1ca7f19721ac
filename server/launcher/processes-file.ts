/** `processes.json` in the data folder: what runs now, for people and for programs that look. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ProcessEntry {
  /** Worker and gateway are two entries with one pid where they share a process. */
  role: 'launcher' | 'temporal' | 'worker' | 'gateway';
  pid: number;
  port: number | null;
  /** ISO 8601. */
  startedAt: string;
}

/** In one step: a reader sees the old list or the new one. */
export function writeProcesses(dataDir: string, entries: readonly ProcessEntry[]): void {
  const file = join(dataDir, 'processes.json');
  writeFileSync(`${file}.new`, `${JSON.stringify(entries, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

export function removeProcesses(dataDir: string): void {
  rmSync(join(dataDir, 'processes.json'), { force: true });
}

/** Empty where no launcher has the folder, or what it left is no list. */
export function readProcesses(dataDir: string): ProcessEntry[] {
  try {
    const entries: unknown = JSON.parse(readFileSync(join(dataDir, 'processes.json'), 'utf8'));
    return Array.isArray(entries) ? (entries as ProcessEntry[]).filter(({ pid }) => isAlive(pid)) : [];
  } catch {
    return [];
  }
}

/** The list of a launcher that was killed stays behind. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
