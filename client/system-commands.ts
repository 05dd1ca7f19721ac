/** How the installation stands (role ops). */
import { doctorWaitMs } from '../protocol/limits.ts';
import { expectObject, type CallOptions } from './http.ts';
import { JobCommands } from './job-commands.ts';
import type { Findings, System } from './types.ts';

export class SystemCommands extends JobCommands {
  /** Task queues with their workers, gateways, Temporal. Also while Temporal is away. */
  async system(options: CallOptions = {}): Promise<System> {
    return (await this.#get('v1/system', options)) as unknown as System;
  }

  /** What is wrong, and what to do: the findings of `baton doctor` that a gateway can see. */
  async doctor(options: CallOptions = {}): Promise<Findings> {
    return (await this.#get('v1/system/doctor', { waitMs: doctorWaitMs, ...options })) as unknown as Findings;
  }

  async #get(path: string, { signal, waitMs }: CallOptions & { waitMs?: number }): Promise<Record<string, unknown>> {
    const request = { repeatable: true, ...(waitMs !== undefined && { waitMs }), ...(signal && { signal }) };
    return expectObject((await this.http.json(path, request)).body);
  }
}
