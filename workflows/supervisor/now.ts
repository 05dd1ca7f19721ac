/** The workflow's time: that of the task being worked on, the same in every replay. */
export function now(): string {
  return new Date().toISOString();
}
