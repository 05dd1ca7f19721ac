/** The `baton` command against a real gateway: as a process of its own, and at a terminal of the test's. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { runCli } from '../client/cli/run-cli.ts';
import { BatonClient, type LogLine, type RunEvent, type RunSummary, type RunView } from '../client/index.ts';
import type { Surface } from '../gateway/surface.ts';
import { startBaton, type TestBaton } from './harness/baton.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';
import { until } from './harness/until.ts';

const program = join(import.meta.dirname, '..', 'client', 'cli', 'main.ts');

let baton: TestBaton;
let gateway: Surface;
let url: string;
beforeAll(async () => {
  baton = await startBaton();
  gateway = await startTestGateway(baton);
  url = `http://127.0.0.1:${gateway.port}`;
});
afterAll(async () => {
  await gateway.stop();
  await baton.stop();
});

interface Finished {
  code: number | null;
  out: string;
  err: string;
}

/** Starts the command as a process; `typed` goes to its standard input. */
function launch(args: string[], { typed = '', env = {} }: { typed?: string; env?: Record<string, string> } = {}) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args], {
    env: { PATH: process.env['PATH'], BATON_URL: url, ...env },
  });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
  child.stdin.end(typed);
  const finished = new Promise<Finished>((resolve) => child.once('close', (code) => resolve({ code, ...text })));
  return { child, text, finished };
}

const baton_ = (...args: string[]): Promise<Finished> => launch(args).finished;
const steps = (...scripts: unknown[][]) => `steps:=${JSON.stringify(scripts.map((script) => ({ script })))}`;

test('start prints the id alone, and the run can be shown, listed and read by it', async () => {
  const started = await baton_('start', 'script', steps([{ do: 'emit', count: 2 }]));
  expect(started).toMatchObject({ code: 0, err: '' });
  const run = started.out.trim();
  expect(run).toMatch(/^script-[0-9a-z]{12}$/);
  const watched = await baton_('watch', run);
  expect(watched.code).toBe(0);
  expect(watched.out).toMatch(/started script/);
  expect(watched.out).toMatch(/✓ completed/);
  expect(watched.out).not.toContain('\u001B');

  const shown = JSON.parse((await baton_('show', run, '--json')).out) as RunView;
  expect(shown).toMatchObject({ id: run, status: 'completed' });
  expect((await baton_('show', run)).out).toMatch(/status +completed/);
  await until('the run in the list', async () => {
    const { out } = await baton_('ls', '--blueprint', 'script', '--status', 'completed', '--json');
    return out.split('\n').some((line) => line !== '' && (JSON.parse(line) as RunSummary).id === run);
  });
  const logs = await baton_('logs', run, '--json');
  expect(
    logs.out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as RunEvent).type),
  ).toEqual(['agent.emitted', 'agent.emitted']);
  expect((await baton_('logs', run, '--everything')).out.split('\n').length).toBeGreaterThan(8);
});

test('logs --level prints what agents have logged, and follows them to the end of the run', async () => {
  const script = [
    { do: 'log', level: 'info', message: 'quiet' },
    { do: 'log', level: 'warn', message: 'odd' },
  ];
  const run = (await baton_('start', 'script', steps([{ do: 'ask' }, ...script]))).out.trim();
  const following = launch(['logs', run, '--level', 'warn', '--follow']);
  await baton_('answer', run, '--json', '{"yes":true}');
  const followed = await following.finished;
  expect(followed).toMatchObject({ code: 0, err: '' });
  expect(followed.out).toMatch(/^\d\d:\d\d:\d\d warn {2}scripted#1 odd\n$/);
  const printed = await baton_('logs', run, '--level', 'info', '--agent', 'scripted', '--json');
  const lines = printed.out.trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as LogLine).message)).toEqual(['quiet', 'odd']);
  expect(await baton_('logs', run, '--level', 'loud')).toMatchObject({ code: 2, out: '' });
  expect(await baton_('logs', run, '--level', 'info', '--everything')).toMatchObject({ code: 2, out: '' });
});

test('watch --json has every event once, one a line, from where it is told', async () => {
  const run = (await baton_('start', 'script', steps([{ do: 'emit', count: 30 }]))).out.trim();
  const seqs = (out: string) =>
    out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as RunEvent).seq);
  const all = seqs((await baton_('watch', run, '--json')).out);
  expect(all).toEqual(all.map((_, index) => index + 1));
  expect(seqs((await baton_('watch', run, '--json', '--after', '10')).out)).toEqual(all.slice(10));
});

test('the exit code of a watched run is its outcome', async () => {
  const completed = await launch(['start', 'script', '--watch', '--input', '-'], { typed: '{"steps":[{"script":[]}]}' })
    .finished;
  expect(completed.code).toBe(0);
  const failed = await baton_(
    'start',
    'script',
    steps([{ do: 'fail', attempts: 9, code: 'invalid_input' }]),
    '--watch',
  );
  expect(failed.code).toBe(1);
  expect(failed.out).toMatch(/failed in scripted#1: invalid_input/);

  const run = (await baton_('start', 'script', steps([{ do: 'ask' }]))).out.trim();
  const cancelled = await baton_('cancel', run, '--reason', 'enough', '--watch');
  expect(cancelled.code).toBe(3);
  expect(cancelled.out).toMatch(/cancelled by anonymous \(enough\)/);
});

test('a question is answered by key=value; one that does not fit is refused with the place of the fault', async () => {
  const run = (await baton_('start', 'script', steps([{ do: 'ask' }]))).out.trim();
  await until('the question', async () => (await baton_('questions', run)).out.includes('q-'));
  const unfit = await baton_('answer', run, 'yes=maybe');
  expect(unfit).toMatchObject({ code: 6, out: '' });
  expect(unfit.err).toMatch(/^error invalid_answer: .*yes/);
  expect(await baton_('answer', run)).toMatchObject({ code: 2 });
  const watching = launch(['watch', run]);
  await until('how to answer', () => watching.text.err.includes(`baton answer ${run} q-`));
  expect(await baton_('answer', run, 'yes=true')).toMatchObject({ code: 0, out: 'accepted\n' });
  expect(await watching.finished).toMatchObject({ code: 0 });
  expect(await baton_('watch', run), 'afterwards there is nothing to answer').toMatchObject({ code: 0, err: '' });
});

test('a run that has ended goes on by retry, and its old end is not taken for the new one', async () => {
  const run = (await baton_('start', 'script', steps([{ do: 'ask' }]))).out.trim();
  expect(await baton_('cancel', run, '--now', '--watch')).toMatchObject({ code: 3 });
  const retrying = launch(['retry', run, '--watch']);
  await until('the question of the new attempt', async () => (await baton_('questions', run)).out.includes('q-'));
  expect(await baton_('answer', run, 'yes=true')).toMatchObject({ code: 0 });
  const retried = await retrying.finished;
  expect(retried.code).toBe(0);
  expect(retried.out).toMatch(/retried/);
});

test('Ctrl-C leaves the run going and says how to come back', async () => {
  const run = (await baton_('start', 'script', steps([{ do: 'ask' }]))).out.trim();
  const watching = launch(['watch', run]);
  await until('the question', () => watching.text.out.includes('asks'));
  watching.child.kill('SIGINT');
  const left = await watching.finished;
  expect(left.code).toBe(130);
  expect(left.err).toMatch(new RegExp(`baton watch ${run} --after \\d+`));
  expect((JSON.parse((await baton_('show', run, '--json')).out) as RunView).status).toBe('waiting');
  await baton_('cancel', run, '--now');
});

test('what goes wrong is one line with a code and a remedy, and an exit code', async () => {
  const lines = ({ err }: Finished) => err.trim().split('\n').length;
  const nobody = await launch(['ls'], { env: { BATON_URL: 'http://127.0.0.1:1' } }).finished;
  expect(nobody).toMatchObject({ code: 5, out: '' });
  expect(nobody.err).toMatch(/^error unreachable: .*BATON_URL/);
  const missing = await baton_('watch', 'no-such-run');
  expect(missing).toMatchObject({ code: 6 });
  expect(missing.err).toMatch(/^error run_not_found: .*baton ls/);
  for (const args of [
    ['start', 'script', 'novalue'],
    ['ls', '--limit', 'x'],
    ['ls', '--status', 'x'],
    ['watch', 'r', '--after', '-1'],
    ['frobnicate'],
    ['show'],
  ]) {
    const wrong = await baton_(...args);
    expect(wrong.code, args.join(' ')).toBe(2);
    expect(wrong.err, args.join(' ')).not.toMatch(/^\s+at /m);
  }
  expect(lines(nobody) + lines(missing)).toBe(2);
  expect((await baton_('--help')).code).toBe(0);
});

/** A terminal that the test types at. */
function terminal(columns: number) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns, rows: 24 });
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns, rows: 24 });
  const seen = { out: '' };
  stdout.on('data', (chunk: Buffer) => (seen.out += chunk.toString()));
  stderr.on('data', () => undefined);
  const interrupts = new Set<() => void>();
  const around = {
    stdin,
    stdout,
    stderr,
    environment: { BATON_URL: url, TERM: 'xterm' },
    onInterrupt: (listener: () => void) => {
      interrupts.add(listener);
      return () => void interrupts.delete(listener);
    },
  };
  return { around, seen, type: (text: string) => stdin.write(text) };
}

test('at a terminal, a question is asked in the middle of a watch, and the run goes on with the answer', async () => {
  const { around, seen, type } = terminal(70);
  const exit = runCli(
    ['start', 'script', steps([{ do: 'emit', count: 3 }, { do: 'ask' }, { do: 'emit', count: 1 }]), '--watch'],
    around,
  );
  await until('the prompt', () => seen.out.includes('yes [y/n'));
  type('perhaps\r');
  await until('the correction', () => seen.out.includes('type y or n'));
  type('y\r');
  expect(await exit).toBe(0);
  expect(seen.out).toMatch(/answered by anonymous/);
  expect(seen.out).toContain('█');
  expect(seen.out.lastIndexOf('\u001B[?25h')).toBeGreaterThan(seen.out.lastIndexOf('\u001B[?25l'));
});

test('at a terminal, a question that somebody else answers is put away', async () => {
  const { around, seen } = terminal(100);
  const client = new BatonClient({ url });
  onTestFinished(() => client.close());
  const { run } = await client.start('script', { steps: [{ script: [{ do: 'ask' }] }] });
  const exit = runCli(['watch', run.id], around);
  await until('the prompt', () => seen.out.includes('yes [y/n'));
  const [question] = (await client.state(run.id)).questions;
  await client.answer(run.id, question?.id ?? '', { yes: false });
  expect(await exit).toBe(0);
  expect(stripVTControlCharacters(seen.out)).toContain('answered by anonymous meanwhile');
});
