/** Whether the gateway lives, is ready, and has the same time as this machine. */
import { doctorAnswerMs, doctorClockSkewMs } from '../../protocol/limits.ts';
import type { Finding } from '../../protocol/schemas/findings.ts';
import { fault, ok, said, warning } from '../../runtime/doctor/check.ts';

/** `url` without a path. */
export async function checkGateway(url: string, now: () => number = Date.now): Promise<Finding[]> {
  const ask = (path: string) => fetch(`${url}${path}`, { signal: AbortSignal.timeout(doctorAnswerMs) });
  let health: Response;
  try {
    health = await ask('/healthz');
  } catch (error) {
    const reason = error instanceof Error && error.cause !== undefined ? said(error.cause) : said(error);
    return [
      fault(
        'gateway',
        `does not answer at ${url}: ${reason}`,
        'start Baton (npm start, or npm run start:gateway), or give --url',
      ),
    ];
  }
  if (!health.ok) return [fault('gateway', `${url}/healthz answers ${health.status}`, 'see what listens on that port')];
  const ready = await ask('/readyz');
  const date = health.headers.get('date');
  return [
    ready.ok
      ? ok('gateway', `ready at ${url}`)
      : fault(
          'gateway',
          `lives at ${url}, but is not ready (${ready.status})`,
          'it does not reach Temporal, or is stopping: read its log',
        ),
    ...(date === null ? [] : [clock(Date.parse(date) - now())]),
  ];
}

/** The header has whole seconds. */
function clock(aheadMs: number): Finding {
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  if (Math.abs(aheadMs) <= doctorClockSkewMs + 1_000) return ok('clock-gateway', "the gateway's clock is this one's");
  return warning(
    'clock-gateway',
    `the gateway's clock is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} this one`,
    'let a time service (chrony, systemd-timesyncd) set the clocks of all machines',
  );
}
