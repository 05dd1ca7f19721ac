import type { Guard } from '../../auth/guard.ts';

/** The existing system's name for what is published of a task. */
export const channelOf = (task: string): string => `agent_progress:${task}`;

/** Who of this gateway's sockets watches each channel now, whether it may see the task or not. */
export class Audience {
  private readonly watching = new Map<string, Set<Guard>>();

  of(channel: string): readonly Guard[] {
    return [...(this.watching.get(channel) ?? [])];
  }

  enter(channel: string, guard: Guard): void {
    const guards = this.watching.get(channel);
    if (guards) guards.add(guard);
    else this.watching.set(channel, new Set([guard]));
  }

  leave(channel: string, guard: Guard): void {
    const guards = this.watching.get(channel);
    guards?.delete(guard);
    if (guards?.size === 0) this.watching.delete(channel);
  }
}
