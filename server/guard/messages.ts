/** What a guard and the process that it serves say to each other over the IPC channel. */
export interface SpawnRequest {
  command: string;
  args: string[];
  /** Both outputs are appended to it. */
  logFile: string;
}

export type GuardRequest =
  | ({ op: 'spawn'; id: number } & SpawnRequest)
  | { op: 'signal'; id: number; signal: NodeJS.Signals }
  | { op: 'watch'; pid: number }
  | { op: 'unwatch'; pid: number };

export type GuardReport =
  | { event: 'spawned'; id: number; pid: number }
  | { event: 'failed'; id: number; message: string }
  | { event: 'exited'; id: number; code: number | null; signal: NodeJS.Signals | null };
