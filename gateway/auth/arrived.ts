import ipaddr from 'ipaddr.js';
import type { Principal } from '../../protocol/execution.ts';

/** The principal as it came in: what it does says in the log which way, and from where. */
export function arrived(by: Principal, via: string, address: string): Principal {
  return { ...by, via, ...(ipaddr.isValid(address) ? { from: ipaddr.process(address).toString() } : {}) };
}

/** The header `x-baton-client` names a client of the HTTP surface; any other word than these counts as none. */
const clients: ReadonlySet<string> = new Set(['cli', 'console']);

export function viaHttp(client: string): string {
  return clients.has(client) ? client : 'http';
}
