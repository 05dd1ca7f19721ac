/** From a tool's result to an agent's: structured content, JSON in a text, a text, or the blocks as they are. */
import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/client';
import { BatonError } from '../../protocol/errors.ts';
import type { BlobRef } from '../../protocol/schemas/event.ts';

type StoreBlob = (bytes: Uint8Array, type: string) => Promise<BlobRef>;

/** Errors: mcp_tool_failed. Images and other bytes are stored, and their references stand in their place. */
export async function toolResult(tool: string, result: CallToolResult, storeBlob: StoreBlob): Promise<unknown> {
  const { content, structuredContent, isError } = result;
  if (isError === true)
    throw new BatonError('mcp_tool_failed', `${tool}: ${textOf(content) || 'failed without a message'}`);
  if (structuredContent !== undefined) return structuredContent;
  const [block] = content;
  if (content.length === 1 && block?.type === 'text') return jsonOrText(block.text);
  return await Promise.all(content.map(async (each) => await withoutBytes(each, storeBlob)));
}

function textOf(content: readonly ContentBlock[]): string {
  return content
    .flatMap((block) => (block.type === 'text' ? [block.text] : []))
    .join('\n')
    .slice(0, 2_000);
}

function jsonOrText(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

async function withoutBytes(block: ContentBlock, storeBlob: StoreBlob): Promise<unknown> {
  if (block.type === 'image' || block.type === 'audio') {
    const { data, ...rest } = block;
    return { ...rest, blob: await storeBlob(Buffer.from(data, 'base64'), block.mimeType) };
  }
  if (block.type === 'resource' && 'blob' in block.resource) {
    const { blob, ...resource } = block.resource;
    const type = resource.mimeType ?? 'application/octet-stream';
    return { ...block, resource: { ...resource, blob: await storeBlob(Buffer.from(blob, 'base64'), type) } };
  }
  return block;
}
