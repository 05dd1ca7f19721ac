import type { Connection } from '../live/run-store.ts';

const said: Readonly<Record<Connection, string>> = {
  opening: 'Opening',
  live: 'Live',
  polling: 'Live, by polling',
  behind: 'Catching up',
  reconnecting: 'Reconnecting',
  closed: 'Not connected',
};

const colours: Readonly<Record<Connection, string>> = {
  opening: 'text-muted',
  live: 'text-good',
  polling: 'text-good',
  behind: 'text-busy',
  reconnecting: 'text-warn',
  closed: 'text-bad',
};

/** How current the page is. Of one width, so that nothing moves when it changes. */
export function ConnectionSign({ connection, retryInMs }: { connection: Connection; retryInMs: number | null }) {
  const seconds = retryInMs === null ? '' : ` in ${Math.ceil(retryInMs / 1_000)} s`;
  return (
    <span role="status" className={`inline-flex min-w-44 items-center justify-end gap-1.5 ${colours[connection]}`}>
      <span aria-hidden="true">●</span>
      {said[connection]}
      {connection === 'reconnecting' && seconds}
    </span>
  );
}
