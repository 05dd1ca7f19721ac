/** The knowledge list as its clients know it. Pure. */
import type { KnowledgeSource } from '../../engine.ts';

export interface KnowledgeItem {
  source_id: string;
  url: string;
  title: string;
  pages: number;
  chunks: number;
  words: number;
  tags: string[];
  /** ISO 8601. */
  created_at: string;
  updated_at: string;
}

/** Newest first, as they come; at most `most` of them. `total` counts all. */
export function listOfItems(
  sources: readonly KnowledgeSource[],
  most = Number.POSITIVE_INFINITY,
): { items: KnowledgeItem[]; total: number } {
  return { items: sources.slice(0, most).map(itemOf), total: sources.length };
}

function itemOf({
  sourceId,
  url,
  title,
  pages,
  chunks,
  words,
  tags,
  createdAt,
  updatedAt,
}: KnowledgeSource): KnowledgeItem {
  return { source_id: sourceId, url, title, pages, chunks, words, tags, created_at: createdAt, updated_at: updatedAt };
}
