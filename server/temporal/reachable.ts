/** Where the Temporal server is that a Baton on this machine uses, for commands that run beside it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../runtime/config.ts';

/** Without TEMPORAL_ADDRESS: on the port that `processes.json` of the data folder names, else on the configured one. */
export function reachable(config: Config): Config {
  if (config.TEMPORAL_ADDRESS !== undefined) return config;
  return { ...config, BATON_TEMPORAL_PORT: portOf(config.dataDir) ?? config.BATON_TEMPORAL_PORT };
}

function portOf(dataDir: string): number | null {
  let entries: unknown;
  try {
    entries = JSON.parse(readFileSync(join(dataDir, 'processes.json'), 'utf8'));
  } catch (error) {
    // No Baton runs on this folder, or none that was started by the launcher.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  if (!Array.isArray(entries)) return null;
  const temporal = (entries as { role?: unknown; port?: unknown }[]).find(({ role }) => role === 'temporal');
  return typeof temporal?.port === 'number' ? temporal.port : null;
}
