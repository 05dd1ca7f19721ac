import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';

/** Copies a text, and says for a moment that it has. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  const Icon = copied ? Check : Copy;
  return (
    <Button
      aria-label={copied ? 'Copied' : label}
      className="inline-flex size-7 items-center justify-center rounded text-muted hover:bg-raised hover:text-text"
      onPress={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
    >
      <Icon size={15} aria-hidden="true" />
    </Button>
  );
}
