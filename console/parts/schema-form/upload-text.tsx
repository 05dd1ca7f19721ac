/** A file's text, read here; it goes nowhere by itself. */
import { FileUp } from 'lucide-react';
import { useState } from 'react';
import { FileTrigger } from 'react-aria-components';
import { Button } from '../button.tsx';

/** As large as a request to the gateway may be at first. */
const largestBytes = 8 * 1024 * 1024;

export function UploadText({
  label,
  accept,
  onText,
}: {
  label: string;
  /** Of the file: media types and endings. */
  accept?: readonly string[];
  onText: (text: string) => void;
}) {
  const [fault, setFault] = useState<string | null>(null);
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    const read = await readText(file);
    setFault('fault' in read ? read.fault : null);
    if ('text' in read) onText(read.text);
  };
  return (
    <span className="mt-1 inline-flex flex-wrap items-center gap-2">
      <FileTrigger {...(accept && { acceptedFileTypes: accept })} onSelect={(files) => void take(files?.[0])}>
        <Button className="text-sm">
          <FileUp size={14} aria-hidden="true" />
          {label}
        </Button>
      </FileTrigger>
      {fault !== null && (
        <span role="alert" className="text-sm text-bad">
          {fault}
        </span>
      )}
    </span>
  );
}

async function readText(file: File): Promise<{ text: string } | { fault: string }> {
  if (file.size > largestBytes) return { fault: `${file.name} has more than ${largestBytes / 1024 / 1024} MiB` };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
    return text.includes('\0') ? { fault: `${file.name} is no text` } : { text };
  } catch {
    return { fault: `${file.name} is no text in UTF-8, or cannot be read` };
  }
}
