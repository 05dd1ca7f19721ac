/** What the launcher and the processes that it forks say to each other. */
export const roles = ['engine', 'worker', 'gateway'] as const;

/** An engine is a worker and a gateway in one process. */
export type Role = (typeof roles)[number];

export type FromProcess = { kind: 'ready'; port: number | null } | { kind: 'failed'; message: string };

/** A closed channel says the same, and that nobody waits. */
export type ToProcess = { kind: 'stop' };
