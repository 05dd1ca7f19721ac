import { useEffect, useState } from 'react';
import type { Attendee } from '../../client/index.ts';
import { client } from '../app/client.ts';

/** Has the question open while the component stands; who else has. null: it is not known. */
export function usePresence(run: string, question: string): Attendee[] | null {
  const [others, setOthers] = useState<Attendee[] | null>(null);
  useEffect(() => {
    const left = new AbortController();
    const watch = async () => {
      for await (const told of client.watchPresence(run, question, { signal: left.signal })) setOthers(told);
    };
    // What goes wrong here takes nothing from the question itself.
    watch().catch(() => setOthers(null));
    return () => left.abort();
  }, [run, question]);
  return others;
}
