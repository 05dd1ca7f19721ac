/** What `npm start` shows when everything is up. Pure. */
import type { ProcessEntry } from './processes-file.ts';

/** What the command line asks when it is not told. */
const cliDefault = 'http://127.0.0.1:8080';

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
  const cli = `${up.authenticationOn ? 'BATON_TOKEN=… ' : ''}./baton${api === cliDefault ? '' : ` --url ${api}`}`;
  const pids = up.processes.map((entry) => `${entry.role} ${entry.pid}`).join(', ');
  return [
    'Baton is up.',
    '',
    `  Console    ${api}`,
    `  API        ${api}/v1   (${api}/docs)`,
    `  WebSocket  ${api.replace('http', 'ws')}/v1/ws`,
    `  Temporal   ${up.temporal.address}, namespace ${up.temporal.namespace}${up.temporal.embedded ? '' : ' (yours)'}`,
    `  Data       ${up.dataDir}   (logs in logs/, processes in processes.json)`,
    `  Processes  ${pids}`,
    '',
    `  Try        ${cli} start crawl url=https://example.com --watch`,
    '',
    'Ctrl-C stops it; the next start goes on with every open run.',
    '',
  ].join('\n');
}
