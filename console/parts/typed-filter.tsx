import { useEffect, useState } from 'react';

/** What is shown changes when typing has paused. */
const pauseMs = 350;

interface TypedFilterProps {
  label: string;
  placeholder: string;
  value: string;
  onCome: (text: string) => void;
}

/** A text that counts once typing has paused. */
export function TypedFilter({ label, placeholder, value, onCome }: TypedFilterProps) {
  const [typed, setTyped] = useState<string | null>(null);
  useEffect(() => {
    if (typed === null || typed === value) return undefined;
    const timer = setTimeout(() => onCome(typed), pauseMs);
    return () => clearTimeout(timer);
  });
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={placeholder}
      className="h-8 min-w-0 rounded border border-line bg-surface px-2 text-sm text-text grow placeholder:text-muted sm:w-44 sm:grow-0"
      value={typed ?? value}
      onChange={({ target }) => setTyped(target.value)}
      onBlur={() => {
        if (typed !== null && typed !== value) onCome(typed);
        setTyped(null);
      }}
    />
  );
}
