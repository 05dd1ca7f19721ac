/**
 * A command that comes again does nothing, and answers as the first time: its `requestId` stands in the log, in what the
 * command wrote there as `request`.
 */
import { randomUUID } from 'node:crypto';
import { BatonError } from '../../protocol/errors.ts';
import type { Principal } from '../../protocol/execution.ts';
import type { CommandOptions } from '../../protocol/schemas/commands.ts';
import { isAct } from './acts.ts';
import { readableExecutions, readRun } from './read-run.ts';
import { hashOf, type RunContext } from './run-context.ts';

/** What the log calls it: whose request it is, and, after the dot, for what. */
interface Request {
  key: string;
  whole: string;
}

const keyCharacters = 32;
const commandCharacters = 16;

/** `command`: all that the request asks for. Errors: idempotency_conflict, and those of `act`. */
export async function once(
  context: RunContext,
  run: string,
  { command, by, requestId }: { command: unknown; by: Principal } & Pick<CommandOptions, 'requestId'>,
  act: (request: string) => Promise<void>,
): Promise<void> {
  if (requestId === undefined) return await act(randomUUID());
  const request = requestOf(by, requestId, command);
  if (await isDone(context, run, request)) return;
  try {
    await act(request.whole);
  } catch (error) {
    // The same request may have been under way twice: then the other one did it.
    if (!(error instanceof BatonError) || error.status !== 409 || !(await isDone(context, run, request))) throw error;
  }
}

/** The id of a fork that is asked for with a `requestId` alone. */
export function idOfRequest(by: Principal, requestId: string): string {
  return `fork-${requestOf(by, requestId, null).key}`;
}

function requestOf(by: Principal, requestId: string, command: unknown): Request {
  const key = hashOf([by.authenticated ? by.name : null, requestId]).slice(0, keyCharacters);
  return { key, whole: `${key}.${hashOf(command).slice(0, commandCharacters)}` };
}

async function isDone(context: RunContext, run: string, { key, whole }: Request): Promise<boolean> {
  for (const { events } of await readableExecutions(context, await readRun(context, run))) {
    for (const event of events) {
      const { request } = event.data;
      if (typeof request !== 'string' || !isAct(event) || !request.startsWith(`${key}.`)) continue;
      if (request === whole) return true;
      throw new BatonError('idempotency_conflict', `the Idempotency-Key was used for ${event.type} of run ${run}`, {
        run,
        what: event.type,
        at: event.at,
      });
    }
  }
  return false;
}
