/**
 * An encrypted file that can be read in ranges. A header, then the content in chunks of 64 KiB, each sealed for itself:
 *
 *   magic 8 │ length of the key's id 1 │ key id, padded to 64 │ salt 32 │ length of the content 8 │ chunk + tag 16 │ …
 *
 * Each file has a key of its own, HKDF-SHA-256 of the key of the ring over the salt and the whole header; a chunk's nonce
 * is its number. So no chunk can be altered, moved, left out or taken from another file, and the header neither; `name`
 * binds the content to its file.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { BatonError } from '../../protocol/errors.ts';
import { sealedChunkBytes } from '../../protocol/limits.ts';
import type { EncryptionKey, KeyRing } from './key-ring.ts';
import { readExactly } from './read-exactly.ts';

/** The first byte is none that a plain file of ours begins with. */
const magic = Buffer.from('\0BATONe1', 'latin1');
const idBytesMax = 64;
const saltBytes = 32;
const idAt = magic.length + 1;
const saltAt = idAt + idBytesMax;
const lengthAt = saltAt + saltBytes;
export const sealedHeaderBytes = lengthAt + 8;
const tagBytes = 16;
const algorithm = 'aes-256-gcm';

/** Bytes of the file whose content has this length. */
export function sealedFileBytes(contentBytes: number): number {
  return sealedHeaderBytes + contentBytes + Math.ceil(contentBytes / sealedChunkBytes) * tagBytes;
}

/** The whole file. */
export function sealFile(key: EncryptionKey, name: string, content: Uint8Array): Uint8Array {
  const header = Buffer.alloc(sealedHeaderBytes);
  magic.copy(header);
  header.writeUInt8(header.write(key.id, idAt, 'latin1'), magic.length);
  randomBytes(saltBytes).copy(header, saltAt);
  header.writeBigUInt64BE(BigInt(content.byteLength), lengthAt);
  const fileKey = fileKeyOf(key, header);
  const parts: Uint8Array[] = [header];
  for (let index = 0; index * sealedChunkBytes < content.byteLength; index++) {
    const cipher = createCipheriv(algorithm, fileKey, nonceOf(index)).setAAD(Buffer.from(name));
    const chunk = content.subarray(index * sealedChunkBytes, (index + 1) * sealedChunkBytes);
    parts.push(cipher.update(chunk), cipher.final(), cipher.getAuthTag());
  }
  return Buffer.concat(parts);
}

export interface OpenedFile {
  /** Of the content. */
  bytes: number;
  isSealed: boolean;
  /** The range must lie within the content. Errors: payload_unreadable. */
  read(from: number, length: number): Promise<Uint8Array>;
}

/** A file that is not sealed is read as it is. Errors: key_missing, payload_unreadable. */
export async function openSealedFile(file: FileHandle, name: string, keys: KeyRing): Promise<OpenedFile> {
  const { size } = await file.stat();
  const header = await readExactly(file, 0, Math.min(size, sealedHeaderBytes));
  if (!magic.equals(header.subarray(0, magic.length)))
    return { bytes: size, isSealed: false, read: (from, length) => readExactly(file, from, length) };
  if (header.length < sealedHeaderBytes) throw altered(name);
  const bytes = Number(header.readBigUInt64BE(lengthAt));
  if (size !== sealedFileBytes(bytes)) throw altered(name);
  const key = keys.find(header.toString('latin1', idAt, idAt + (header[magic.length] ?? 0)));
  const fileKey = fileKeyOf(key, header);
  return {
    bytes,
    isSealed: true,
    read: async (from, length) => {
      if (length === 0) return new Uint8Array();
      const first = Math.floor(from / sealedChunkBytes);
      const last = Math.floor((from + length - 1) / sealedChunkBytes);
      const start = sealedHeaderBytes + first * (sealedChunkBytes + tagBytes);
      const end = Math.min(size, sealedHeaderBytes + (last + 1) * (sealedChunkBytes + tagBytes));
      const sealed = await readExactly(file, start, end - start);
      const opened = Buffer.alloc(Math.min(bytes, (last + 1) * sealedChunkBytes) - first * sealedChunkBytes);
      for (let index = first; index <= last; index++) {
        const at = (index - first) * (sealedChunkBytes + tagBytes);
        const chunk = openChunk(fileKey, index, name, sealed.subarray(at, at + sealedChunkBytes + tagBytes));
        chunk.copy(opened, (index - first) * sealedChunkBytes);
      }
      const skipped = from - first * sealedChunkBytes;
      return opened.subarray(skipped, skipped + length);
    },
  };
}

function openChunk(fileKey: Uint8Array, index: number, name: string, sealed: Buffer): Buffer {
  const tagAt = sealed.length - tagBytes;
  const decipher = createDecipheriv(algorithm, fileKey, nonceOf(index)).setAAD(Buffer.from(name));
  decipher.setAuthTag(sealed.subarray(tagAt));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, tagAt)), decipher.final()]);
  } catch (error) {
    throw altered(name, error);
  }
}

function fileKeyOf(key: EncryptionKey, header: Buffer): Uint8Array {
  const salt = header.subarray(saltAt, lengthAt);
  return new Uint8Array(hkdfSync('sha256', key.bytes, salt, header, 32));
}

function nonceOf(index: number): Uint8Array {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 8);
  return nonce;
}

function altered(name: string, cause?: unknown): BatonError {
  return new BatonError('payload_unreadable', `the encrypted file ${name} was altered, or is not whole`, {}, { cause });
}
