import { usePresence } from '../../live/use-presence.ts';

/** Who else has the question open. It says so, and locks nothing. */
export function AlsoOpen({ run, question }: { run: string; question: string }) {
  const others = usePresence(run, question);
  return (
    <p role="status" className="min-h-[24px] text-sm text-muted">
      {others !== null && others.length > 0 && (
        <span className="text-warn">
          {names(others.map(({ by }) => by))} {others.length === 1 ? 'has' : 'have'} this open, too
        </span>
      )}
    </p>
  );
}

function names(all: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of all) counts.set(name, (counts.get(name) ?? 0) + 1);
  const texts = [...counts].map(([name, count]) => {
    const who = name === 'anonymous' ? 'Somebody else' : name;
    return count === 1 ? who : `${who} (${count} windows)`;
  });
  return texts.length > 1 ? `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}` : (texts[0] ?? '');
}
