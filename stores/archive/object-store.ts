/** Where an archive keeps its objects: a folder, or a bucket of S3. Keys are of `a-z 0-9 . -`, parted by slashes. */
export interface ObjectStore {
  /** Durable when it resolves. An object of that key is replaced. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** null: there is none. */
  get(key: string): Promise<Uint8Array | null>;
  /** Keys that begin with the prefix, which ends with a slash, sorted; those after `after`, at most `limit`. */
  list(prefix: string, options: { after?: string; limit: number }): Promise<string[]>;
  /** Nothing happens where there is none. */
  remove(key: string): Promise<void>;
}
