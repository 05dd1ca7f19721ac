import { createHash } from 'node:crypto';

/**
 * A folder name for an id (a run, a workflow): legal on every file system, and different for different ids
 * even where names ignore case. The readable part is for people; the hash makes it unique.
 */
export function folderName(id: string): string {
  const readable = id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
  return `${readable}-${createHash('sha256').update(id).digest('hex').slice(0, 40)}`;
}
