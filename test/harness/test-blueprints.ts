import { fileURLToPath } from 'node:url';
import { blueprintFolders } from '../../gateway/create-engine.ts';

/** Our own and those that tests play. */
export const testBlueprints = [
  ...blueprintFolders,
  fileURLToPath(new URL('../fixtures/plugins/workflows', import.meta.url)),
];
