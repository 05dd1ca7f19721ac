import { fileURLToPath } from 'node:url';
import { blueprintFolders } from '../../gateway/create-engine.ts';

/** Our own and those that tests play. */
export const testBlueprints = [
  ...blueprintFolders,
  fileURLToPath(new URL('../fixtures/plugins/workflows', import.meta.url)),
];

/** Agents that tests play: what they declare of themselves. */
export const testAgents = [fileURLToPath(new URL('../fixtures/plugins/agents', import.meta.url))];
