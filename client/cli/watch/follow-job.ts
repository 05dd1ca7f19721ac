/** A bulk job on one line, until it ends. Ctrl-C leaves it going. */
import type { Job, JobResult } from '../../types.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { bar, percent } from '../render/progress.ts';
import { cut, plain } from '../render/text.ts';
import { Screen } from '../screen.ts';
import type { Session } from '../session.ts';

const barColumns = 24;
/** Refusals that are told by themselves; the rest by `--results`. */
const faultsShown = 10;

/** `1,204 of 5,000, 3 refused` */
export function summaryOf({ selected, counts }: Pick<Job, 'selected' | 'counts'>): string {
  if (selected === null) return 'finding the runs';
  const figure = (count: number) => count.toLocaleString('en');
  const parts = [`${figure(counts.done + counts.refused + counts.failed)} of ${figure(selected.count)}`];
  if (counts.refused > 0) parts.push(`${figure(counts.refused)} refused`);
  if (counts.failed > 0) parts.push(`${figure(counts.failed)} failed`);
  return parts.join(', ');
}

/** The exit code: 0 where every run was acted on; 1 where some failed or refused, or the job failed. */
export async function followJob(session: Session, id: string): Promise<number> {
  const { theme } = session;
  const stop = new AbortController();
  const forget = session.around.onInterrupt(() => stop.abort(new Interrupt()));
  const screen = session.isTerminal ? new Screen(session.around.stdout) : null;
  let words = summaryOf(await session.client.job(id));
  let fraction = 0;
  const show = () =>
    screen?.update(
      [],
      [cut(`${plain(id)} ${bar(fraction, barColumns)} ${percent(fraction).trim()} ${words}`, session.columns - 1)],
    );
  try {
    show();
    for await (const item of session.client.watch(id, { follow: true, signal: stop.signal })) {
      if (item.kind === 'end') break;
      const told = item.kind === 'live' ? item.live : item.kind === 'event' ? item.event.data : {};
      if (typeof told['message'] === 'string' && typeof told['fraction'] === 'number') {
        words = plain(told['message']);
        fraction = told['fraction'];
        show();
      }
    }
  } catch (error) {
    if (!(error instanceof Interrupt)) throw error;
    screen?.close();
    session.note(
      `${plain(id)} goes on. Come back: baton jobs ${plain(id)} --follow; stop it: baton cancel ${plain(id)}`,
    );
    return exitCodes.interrupted;
  } finally {
    forget();
    screen?.update([], []);
    screen?.close();
  }
  const job = await session.client.job(id);
  session.print(`${plain(id)} ${job.status}: ${summaryOf(job)}`);
  const { refused, failed } = job.counts;
  if (refused + failed > 0) {
    const faults = await firstFaults(session, id);
    session.print(
      ...faults.map(({ run, code, message }) => theme.yellow(`  ${plain(run)} ${code ?? ''}: ${plain(message)}`)),
    );
    if (refused + failed > faults.length) session.note(`all of them: baton jobs ${plain(id)} --results`);
  }
  return job.status === 'completed' && refused + failed > 0 ? exitCodes.failed : exitCodeOf(job.status);
}

class Interrupt extends Error {
  override readonly name = 'Interrupt';
}

async function firstFaults(session: Session, id: string): Promise<JobResult[]> {
  const faults: JobResult[] = [];
  for await (const result of session.client.jobResults(id)) {
    if (result.outcome !== 'done') faults.push(result);
    if (faults.length === faultsShown) break;
  }
  return faults;
}
