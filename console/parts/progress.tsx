/** `fraction` 0 to 1. */
export function Progress({ fraction, label }: { fraction: number; label: string }) {
  const percent = Math.round(fraction * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className="h-2 w-full overflow-hidden rounded bg-raised"
    >
      <div className="h-full bg-busy" style={{ width: `${percent}%` }} />
    </div>
  );
}
