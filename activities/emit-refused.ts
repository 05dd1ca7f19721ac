/** An emit that will never be accepted. */
export class EmitRefused extends Error {
  override readonly name = 'EmitRefused';
  /** True where the execution has ended; false where the server will not take this signal. */
  readonly isGone: boolean;

  constructor(message: string, isGone: boolean, options?: ErrorOptions) {
    super(message, options);
    this.isGone = isGone;
  }
}
