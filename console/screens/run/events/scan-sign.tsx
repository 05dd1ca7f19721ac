import { matchesKept, type LogScan } from '../../../live/log-scan.ts';
import { Button } from '../../../parts/button.tsx';

/** How far the log has been looked through, and what was found. */
export function ScanSign({ scan, lastSeq }: { scan: LogScan; lastSeq: number }) {
  const { state, fraction, found, goneEvents, error } = scan.standing;
  const of = `${found.toLocaleString()} of ${lastSeq.toLocaleString()} events`;
  return (
    <>
      <span role="status" className="min-w-40 tabular-nums">
        {of}
      </span>
      {state === 'reading' && (
        <>
          <progress aria-label="Looked through" className="w-28" max={1} value={fraction} />
          <span className="min-w-12 tabular-nums">{Math.floor(fraction * 100)} %</span>
          <Button onPress={() => scan.stop()}>Stop</Button>
        </>
      )}
      {state === 'stopped' && <span>Stopped at {Math.floor(fraction * 100)} %</span>}
      {state === 'full' && (
        <span className="text-warn">Only the first {matchesKept.toLocaleString()} are shown: narrow the filter</span>
      )}
      {state === 'failed' && (
        <>
          <span className="text-bad">{error?.message}</span>
          <Button onPress={() => scan.goOn()}>Go on</Button>
        </>
      )}
      {goneEvents > 0 && <span>{goneEvents.toLocaleString()} are past retention</span>}
    </>
  );
}
