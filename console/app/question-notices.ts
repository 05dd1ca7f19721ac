/** Notices of the desktop for questions that come while the page is out of sight. Asked for by a button, never by itself. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useSyncExternalStore } from 'react';
import type { Question } from '../../client/index.ts';
import { questionKey } from '../live/question-inbox.ts';
import { inbox } from '../live/use-questions.ts';

const kept = 'baton.notices';
const listeners = new Set<() => void>();

/** `impossible`: the browser has none, here; `forbidden`: somebody has said no, in the browser's settings. */
export type Notices = 'on' | 'off' | 'forbidden' | 'impossible';

function noticesNow(): Notices {
  if (!('Notification' in window) || !window.isSecureContext) return 'impossible';
  if (Notification.permission === 'denied') return 'forbidden';
  return Notification.permission === 'granted' && localStorage.getItem(kept) === 'on' ? 'on' : 'off';
}

export function useNotices(): { notices: Notices; turn: (on: boolean) => void } {
  const notices = useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, noticesNow);
  return { notices, turn: (on) => void turn(on) };
}

async function turn(on: boolean): Promise<void> {
  if (on) await Notification.requestPermission();
  localStorage.setItem(kept, on ? 'on' : 'off');
  for (const tell of listeners) tell();
}

export function useQuestionNotices(isOn: boolean): void {
  const navigate = useNavigate();
  useEffect(() => {
    if (!isOn) return undefined;
    return inbox.onNew((question) =>
      notify(question, (key) => void navigate({ to: '/questions', search: { question: key } })),
    );
  }, [isOn, navigate]);
}

function notify(question: Question, open: (key: string) => void): void {
  if (noticesNow() !== 'on' || document.visibilityState === 'visible') return;
  const key = questionKey(question);
  const notice = new Notification('Baton asks', { body: question.message.slice(0, 200), tag: key });
  notice.addEventListener('click', () => {
    window.focus();
    notice.close();
    open(key);
  });
}
