import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';

/**
 * Something that is done to the run. The same command, sent again because no reply came, has the same request id, so that
 * it is done once; `command` says what the same is.
 */
export function useAct<Result>(
  command: unknown,
  perform: (options: { requestId: string }) => Promise<Result>,
  onDone: (result: Result) => void,
) {
  const sent = useRef<{ command: string; requestId: string } | null>(null);
  return useMutation({
    mutationFn: async () => {
      const text = JSON.stringify(command);
      if (sent.current?.command !== text) sent.current = { command: text, requestId: crypto.randomUUID() };
      const result = await perform({ requestId: sent.current.requestId });
      sent.current = null;
      return result;
    },
    onSuccess: onDone,
  });
}
