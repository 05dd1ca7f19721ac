/**
 * The port of the blob store: bytes of a run that are too large for its history. Behind it a folder; S3 later.
 * A blob belongs to one run; the same bytes of the same type in the same run are the same blob.
 */
import type { BlobRef } from '../../protocol/schemas/event.ts';

export interface BlobStore {
  /**
   * Durable when it resolves: only then may the reference go anywhere. Doing it again gives the same reference.
   * Errors: body_too_large (over 50 MiB).
   */
  put(run: string, bytes: Uint8Array, type: string): Promise<BlobRef>;
  /**
   * The bytes from `range.from` up to, not including, `range.to`; without a range all of them.
   * Errors: blob_not_found, also for a malformed reference; range_not_satisfiable.
   */
  get(run: string, ref: string, range?: { from: number; to: number }): Promise<Uint8Array>;
  /** Errors: blob_not_found. */
  stat(run: string, ref: string): Promise<BlobRef>;
  /** Nothing happens where there is no such blob. */
  delete(run: string, ref: string): Promise<void>;
  /** References of all blobs of the run. */
  list(run: string): Promise<string[]>;
  /** All blobs of the run. How many there were. */
  deleteAll(run: string): Promise<number>;
}
