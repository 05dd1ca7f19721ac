import { BatonClientError } from '../../client/index.ts';

/** What went wrong, in the gateway's words, with its code. */
export function Fault({ error, children }: { error: unknown; children?: React.ReactNode }) {
  const { code, message } =
    error instanceof BatonClientError
      ? error
      : { code: 'internal', message: error instanceof Error ? error.message : String(error) };
  return (
    <div role="alert" className="rounded border border-bad bg-surface p-3">
      <p className="text-bad">
        {message} <code className="text-sm">({code})</code>
      </p>
      {children}
    </div>
  );
}
