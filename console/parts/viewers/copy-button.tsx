import { Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../button.tsx';

export function CopyButton({ text }: { text: () => string }) {
  const [said, setSaid] = useState('');
  // Browsers have one only on https and on this machine.
  const clipboard = (navigator as { clipboard?: Clipboard }).clipboard;
  if (clipboard === undefined) return null;
  return (
    <span className="inline-flex items-center gap-2 text-sm">
      <Button
        className="px-2 py-0.5"
        onPress={() =>
          void clipboard.writeText(text()).then(
            () => setSaid('Copied'),
            () => setSaid('The browser does not allow it'),
          )
        }
      >
        <Copy size={14} aria-hidden="true" />
        Copy
      </Button>
      <span role="status" className="text-muted">
        {said}
      </span>
    </span>
  );
}
