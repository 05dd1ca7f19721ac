import { Download } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../button.tsx';
import { saveFile } from '../save-file.ts';

/** `read`: the bytes, when they are wanted. */
export function DownloadButton({ name, read }: { name: string; read: () => Promise<Blob> }) {
  const [state, setState] = useState<'idle' | 'reading' | 'failed'>('idle');
  const save = async () => {
    setState('reading');
    try {
      saveFile(name, await read());
      setState('idle');
    } catch {
      setState('failed');
    }
  };
  return (
    <span className="inline-flex items-center gap-2 text-sm">
      <Button className="px-2 py-0.5" onPress={() => void save()} isDisabled={state === 'reading'}>
        <Download size={14} aria-hidden="true" />
        Download
      </Button>
      {state === 'failed' && (
        <span role="alert" className="text-bad">
          It could not be read
        </span>
      )}
    </span>
  );
}
