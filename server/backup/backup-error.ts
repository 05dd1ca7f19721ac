/** An error whose message is all that people need. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}
