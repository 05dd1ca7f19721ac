/** Random enough to be nobody else's. `crypto.randomUUID` is missing in browsers on plain HTTP. */
export function newRequestId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
