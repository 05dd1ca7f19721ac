/** bulk, jobs: one act on every run that fits a filter. */
import type { Command } from 'commander';
import type { BulkRequest } from '../../job-commands.ts';
import type { Job, JobPreview, JobResult } from '../../types.ts';
import { parseRate } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { followJob, summaryOf } from '../watch/follow-job.ts';
import { tableLines, type Column } from '../render/table.ts';
import { counted, ago, plain } from '../render/text.ts';
import { paintStatus } from '../render/theme.ts';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { edited, readEdits, type EditFlags } from './act.ts';
import { confirmed } from './confirm-act.ts';
import { keyNames, parseFilter } from './find.ts';
import type { Finish } from './start.ts';

const actions = [
  'retry',
  'resume',
  'reset',
  'fork',
  'pause',
  'unpause',
  'retry-step',
  'cancel',
  'terminate',
  'delete',
] as const satisfies readonly BulkRequest['action'][];

interface BulkFlags extends EditFlags {
  all?: true;
  perSecond?: string;
  step?: string;
  reason?: string;
  now?: true;
  force?: true;
  terminate?: true;
  detach?: true;
}

export function addBulk(program: Command, session: Session, finish: Finish): void {
  edited(program.command('bulk'))
    .summary('do the same to every run that fits a filter')
    .description(
      `Do the same to every run that fits, at a pace, once to each: shows to how many, asks, and follows it. It goes on when this ends. Keys of a filter: ${keyNames}.`,
    )
    .argument('<action>', actions.join(', '))
    .argument('[filter...]', 'as in status=failed code=agent_timeout attr.customer=acme')
    .option('--all', 'every run is meant: to be said where there is no filter')
    .option('--per-second <runs>', 'runs that are begun with in a second, 0.1 to 100; 10 otherwise')
    .option('--step <step>', 'as in codesmith#2: of reset, fork, pause, unpause and retry-step')
    .option('-r, --reason <words>', 'of pause, cancel and terminate')
    .option('--now', 'of cancel: do not wait for the agents to clean up')
    .option('--force', 'of unpause and retry-step: also where the code of the workers does not fit the run')
    .option('--terminate', 'of delete: terminate what has not ended')
    .option('-n, --dry-run', 'only show to how many, and what would be repeated')
    .option('-y, --yes', 'do not ask before it is done')
    .option('-d, --detach', 'do not follow it; its id is printed, alone')
    .option('--json', 'the preview or the job as JSON')
    .action(async (action: string, terms: string[], flags: BulkFlags) => {
      const bulk = await readBulk(session, action, terms, flags);
      if (await isAgreed(session, bulk, flags)) await begin(session, bulk, flags, finish);
      else finish(exitCodes.completed);
    });
  program
    .command('jobs')
    .summary('list bulk jobs, or show one')
    .argument('[job]')
    .option('-f, --follow', 'show its progress until it ends')
    .option('--results', 'what came of each run')
    .option('--outcome <outcome>', 'of the results: done, refused or failed')
    .option('--json', 'one item a line, as JSON')
    .action(async (id: string | undefined, flags: JobFlags) => {
      if (id === undefined) return await listJobs(session, flags);
      if (flags.follow) return finish(await followJob(session, id));
      if (flags.results || flags.outcome !== undefined) return await listResults(session, id, flags);
      const job = await session.client.job(id);
      if (flags.json) session.printJson(job);
      else printJobs(session, [job]);
    });
}

interface JobFlags {
  follow?: true;
  results?: true;
  outcome?: string;
  json?: true;
}

async function readBulk(
  session: Session,
  action: string,
  terms: readonly string[],
  flags: BulkFlags,
): Promise<BulkRequest> {
  const known = actions.find((each) => each === action);
  if (!known) throw new UsageError(`${plain(action)} is no action: there are ${actions.join(', ')}`);
  const { all, perSecond, step, reason, now, force, terminate } = flags;
  if (terms.length === 0 && !all) throw new UsageError('without a filter every run is meant: then say --all');
  const filter = Object.fromEntries(
    Object.entries(parseFilter(terms, {})).map(([key, value]) => [key, key === 'waiting' ? value === 'true' : value]),
  );
  return {
    action: known,
    ...(terms.length > 0 && { filter }),
    ...(all && { all }),
    ...(perSecond !== undefined && { perSecond: parseRate(perSecond, '--per-second') }),
    ...(step !== undefined && { step }),
    ...(reason !== undefined && { reason }),
    ...(now && { mode: 'now' as const }),
    ...(force && { force }),
    ...(terminate && { terminate }),
    ...(await readEdits(session, flags)),
  };
}

/** False where nothing shall be done. */
async function isAgreed(session: Session, bulk: BulkRequest, flags: BulkFlags): Promise<boolean> {
  if (flags.yes && !flags.dryRun) return true;
  if (!flags.dryRun && !session.isInteractive) throw new UsageError('nobody is here to be asked: say --yes');
  const preview = await session.client.previewJob(bulk);
  if (flags.dryRun && flags.json) session.printJson(preview);
  else session.print(...previewLines(preview, session));
  if (flags.dryRun || preview.count === 0) return false;
  const forGood = bulk.action === 'delete' ? ' for good' : '';
  return await confirmed(session, `${bulk.action} ${preview.count} runs${forGood}?`);
}

function previewLines({ count, byStatus, sample }: JobPreview, { theme }: Pick<Session, 'theme'>): string[] {
  const statuses = Object.entries(byStatus).map(([status, runs]) => `${runs} ${status}`);
  const repeats = sample.flatMap(({ prediction }) => prediction?.repeats ?? []);
  const harmful = new Set(repeats.filter(({ repeatable }) => !repeatable).map(({ agent }) => agent));
  const refused = sample.filter((each) => each.refused !== null);
  const asked = sample.flatMap(({ prediction }) => prediction?.questions ?? []);
  const lines = [`${counted(count, 'run')} fit${statuses.length > 0 ? `: ${statuses.join(', ')}` : ''}`];
  if (sample.length === 0) return lines;
  lines.push(theme.dim(`of the newest ${sample.length}:`));
  lines.push(
    `  to be repeated: ${counted(repeats.length, 'step')} that had started; to be asked again: ${counted(asked.length, 'question')}`,
  );
  if (harmful.size > 0)
    lines.push(theme.red(`  not declared safe to repeat: ${[...harmful].map((agent) => plain(agent)).join(', ')}`));
  const codes = Map.groupBy(refused, (each) => each.refused?.code ?? '');
  for (const [code, runs] of codes) lines.push(theme.yellow(`  ${runs.length} would refuse: ${plain(code)}`));
  return lines;
}

async function begin(session: Session, bulk: BulkRequest, flags: BulkFlags, finish: Finish): Promise<void> {
  const { job, created } = await session.client.startJob(bulk);
  if (!created) session.note(`${plain(job.id)} is at it already`);
  if (flags.json) session.printJson(job);
  else if (flags.detach) session.print(plain(job.id));
  finish(flags.json || flags.detach ? exitCodes.completed : await followJob(session, job.id));
}

async function listJobs(session: Session, { json }: JobFlags): Promise<void> {
  const jobs: Job[] = [];
  for await (const job of session.client.jobs()) {
    if (json) session.printJson(job);
    else jobs.push(job);
  }
  if (json) return;
  if (jobs.length === 0) session.note('no jobs');
  else printJobs(session, jobs);
}

function printJobs(session: Session, jobs: readonly Job[]): void {
  const columns: Column<Job>[] = [
    { title: 'JOB', cell: ({ id }) => id, whole: true },
    {
      title: 'STATUS',
      cell: ({ status, paused }) => (paused ? 'paused' : status),
      paint: (text, { status }) => paintStatus(session.theme, status, text),
    },
    { title: 'DONE', cell: summaryOf },
    { title: 'A SECOND', cell: ({ perSecond }) => String(perSecond), yields: 2 },
    { title: 'FILTER', cell: ({ filter }) => filterWords(filter), yields: 3 },
    { title: 'STARTED', cell: ({ startedAt }) => ago(startedAt), yields: 1 },
    { title: 'OWNER', cell: ({ owner }) => owner ?? '', yields: 4 },
  ];
  session.print(...tableLines(jobs, columns, session.columns, session.theme));
}

function filterWords(filter: Job['filter']): string {
  const words = Object.entries(filter).map(
    ([key, value]) => `${key}=${Array.isArray(value) ? value.join(',') : String(value)}`,
  );
  return words.length === 0 ? 'all' : words.join(' ');
}

async function listResults(session: Session, id: string, { outcome, json }: JobFlags): Promise<void> {
  if (outcome !== undefined && !isOutcome(outcome)) throw new UsageError('an outcome is done, refused or failed');
  const found: JobResult[] = [];
  for await (const result of session.client.jobResults(id, outcome === undefined ? {} : { outcome })) {
    if (json) session.printJson(result);
    else found.push(result);
  }
  if (json) return;
  const columns: Column<JobResult>[] = [
    { title: 'RUN', cell: ({ run }) => run, whole: true },
    { title: 'OUTCOME', cell: (result) => result.outcome },
    { title: 'FORK', cell: ({ fork }) => fork ?? '' },
    { title: 'CODE', cell: ({ code }) => code ?? '' },
    { title: 'MESSAGE', cell: ({ message }) => message ?? '', yields: 1 },
  ];
  session.print(...tableLines(found, columns, session.columns, session.theme));
}

function isOutcome(text: string): text is JobResult['outcome'] {
  return ['done', 'refused', 'failed'].includes(text);
}
