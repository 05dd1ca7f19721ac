/** Why a step failed for good, by its own input: it is never tried again. */
export class StepFault extends Error {
  override readonly name = 'StepFault';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
