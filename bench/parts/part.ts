/** A process of the bench, seen from the bench: it is called by name, one argument and one result a call. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Methods } from './serve-part.ts';

export interface PartCall {
  id: number;
  method: string;
  argument: unknown;
}

/** The first reply, id 0, says that the part is up. */
export type PartReply = { id: number } & ({ ok: true; value: unknown } | { ok: false; error: string });

type Answer<Method> = Method extends (argument: never) => infer Result ? Awaited<Result> : never;
type Argument<Method> = Method extends () => unknown ? [] : Method extends (argument: infer A) => unknown ? [A] : never;

export interface Part<M extends Methods> {
  readonly pid: number;
  call<Name extends keyof M & string>(method: Name, ...argument: Argument<M[Name]>): Promise<Answer<M[Name]>>;
  /** Asks it to end through its method `stop`, if it has one; kills it if that takes too long. */
  stop(): Promise<void>;
}

const stopDeadlineMs = 10_000;

/** `file` is beside this one. Rejects with what the part failed with. */
export async function startPart<M extends Methods>(
  file: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Part<M>> {
  const profile = process.env['BATON_BENCH_PROFILE'];
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [], {
    env: { ...process.env, ...environment },
    execArgv: [
      '--disable-warning=ExperimentalWarning',
      '--expose-gc',
      ...(profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]),
    ],
    serialization: 'advanced',
  });
  const waiting = new Map<number, (reply: PartReply) => void>();
  let lastId = 0;
  const ended = once(child, 'exit').then(([code, signal]) => {
    const error = `${basename(file)} ended: ${String(signal ?? code)}`;
    for (const settle of waiting.values()) settle({ id: 0, ok: false, error });
  });
  child.on('message', (reply: PartReply) => {
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  const replyTo = (id: number) =>
    new Promise<unknown>((resolve, reject) => {
      waiting.set(id, (reply) => (reply.ok ? resolve(reply.value) : reject(new Error(reply.error))));
    });
  await replyTo(0);
  const call = (method: string, argument?: unknown) => {
    const id = ++lastId;
    const result = replyTo(id);
    if (child.connected) child.send({ id, method, argument } satisfies PartCall, () => undefined);
    else waiting.get(id)?.({ id, ok: false, error: `${basename(file)} has ended` });
    return result;
  };
  const stop = async () => {
    const kill = setTimeout(() => child.kill('SIGKILL'), stopDeadlineMs);
    // It may be gone before it has answered.
    call('stop').catch(() => undefined);
    await ended;
    clearTimeout(kill);
  };
  let stopped: Promise<void> | null = null;
  return { pid: child.pid ?? 0, call: call as Part<M>['call'], stop: () => (stopped ??= stop()) };
}
