/** How many of this gateway's sockets watch each task now. */
export class Audience {
  private readonly counts = new Map<string, number>();

  of(task: string): number {
    return this.counts.get(task) ?? 0;
  }

  enter(task: string): void {
    this.counts.set(task, this.of(task) + 1);
  }

  leave(task: string): void {
    const left = this.of(task) - 1;
    if (left > 0) this.counts.set(task, left);
    else this.counts.delete(task);
  }
}
