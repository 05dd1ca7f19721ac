/** A bundle that cannot be taken; the message is all that people need. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}
