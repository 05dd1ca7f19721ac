/** A moment in the reader's zone; the whole of it stands in the title. */
const short = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });

export function When({ at }: { at: string | null | undefined }) {
  if (at === null || at === undefined || at === '') return <span className="text-muted">–</span>;
  const date = new Date(at);
  return (
    <time dateTime={at} title={whole.format(date)} className="whitespace-nowrap tabular-nums">
      {short.format(date)}
    </time>
  );
}
