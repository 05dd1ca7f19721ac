/** What `npm start` shows when everything is up. Pure. */
import type { ProcessEntry } from './processes-file.ts';

export interface Up {
  host: string;
  port: number;
  temporal: { address: string; namespace: string; embedded: boolean };
  dataDir: string;
  authenticationOn: boolean;
  processes: readonly ProcessEntry[];
}

export function screen(up: Up): string {
  const host = up.host.includes(':') ? `[${up.host}]` : up.host;
  const api = `http://${host === '0.0.0.0' || host === '[::]' ? 'localhost' : host}:${up.port}`;
  const token = up.authenticationOn ? ' -H "authorization: Bearer $TOKEN"' : '';
  const pids = up.processes.map((entry) => `${entry.role} ${entry.pid}`).join(', ');
  return [
    'Baton is up.',
    '',
    `  API        ${api}/v1   (${api}/docs)`,
    `  WebSocket  ${api.replace('http', 'ws')}/v1/ws`,
    `  Temporal   ${up.temporal.address}, namespace ${up.temporal.namespace}${up.temporal.embedded ? '' : ' (yours)'}`,
    `  Data       ${up.dataDir}   (logs in logs/, processes in processes.json)`,
    `  Processes  ${pids}`,
    '',
    `  Try        curl${token} ${api}/v1/blueprints`,
    '             ./baton blueprints',
    '',
    'Ctrl-C stops it; the next start goes on with every open run.',
    '',
  ].join('\n');
}
