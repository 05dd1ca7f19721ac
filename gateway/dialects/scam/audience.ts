import type { Guard } from '../../auth/guard.ts';

/** Who of this gateway's sockets watches each task now, whether it may see it or not. */
export class Audience {
  private readonly watching = new Map<string, Set<Guard>>();

  of(task: string): readonly Guard[] {
    return [...(this.watching.get(task) ?? [])];
  }

  enter(task: string, guard: Guard): void {
    const guards = this.watching.get(task);
    if (guards) guards.add(guard);
    else this.watching.set(task, new Set([guard]));
  }

  leave(task: string, guard: Guard): void {
    const guards = this.watching.get(task);
    guards?.delete(guard);
    if (guards?.size === 0) this.watching.delete(task);
  }
}
