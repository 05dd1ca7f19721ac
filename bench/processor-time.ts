/** CPU time of processes, where the system tells it of others: Linux. Unlike wall time, it hardly minds who else is busy. */
import { readFile } from 'node:fs/promises';

/** USER_HZ is 100 on every Linux that Node runs on. */
const msPerTick = 10;

/** User and system, of all of them together; NaN where it can't be had. */
export async function processorTimeMs(pids: readonly number[]): Promise<number> {
  const times = await Promise.all(pids.map((pid) => timeOf(pid)));
  return times.reduce((sum, time) => sum + time, 0);
}

async function timeOf(pid: number): Promise<number> {
  if (process.platform !== 'linux') return Number.NaN;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in brackets, and may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * msPerTick;
}
