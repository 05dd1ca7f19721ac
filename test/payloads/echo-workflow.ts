/** Hands its input to an activity, and the activity's result back. */
import { proxyActivities, setHandler, defineSignal, condition } from '@temporalio/workflow';

const { grow } = proxyActivities<{ grow(text: string): Promise<string> }>({ startToCloseTimeout: '30s' });

export async function echo(input: { text: string; signal: boolean }): Promise<{ grown: string; signalled: string }> {
  let signalled = '';
  setHandler(defineSignal<[string]>('say'), (text) => {
    signalled = text;
  });
  const grown = await grow(input.text);
  if (input.signal) await condition(() => signalled !== '');
  return { grown, signalled };
}
