/** Sending an answer, once, and what came of it. */
import { useRef, useState } from 'react';
import { BatonClientError, type Question, type RunEvent } from '../../../client/index.ts';
import { client } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import type { RunStore } from '../../live/run-store.ts';
import { serverFaults, type Fault } from '../schema-form/fault.ts';
import { cameOf, type CameOf, type Sent } from './came-of.ts';

export interface Answering {
  isSending: boolean;
  came: CameOf | null;
  /** Beside their fields. */
  faults: readonly Fault[];
  /** What else went wrong. */
  error: unknown;
  send: (answer: unknown) => void;
  /** The answer was found wrong before it was sent. */
  refuse: (faults: readonly Fault[]) => void;
}

interface State {
  isSending: boolean;
  sent: Sent | null;
  faults: readonly Fault[];
  error: unknown;
}

const idle: State = { isSending: false, sent: null, faults: [], error: null };

/** `onSafe`: the gateway has it. */
export function useAnswer(store: RunStore, question: Question, onSafe: () => void): Answering {
  const { me } = useMe();
  const [state, setState] = useState(idle);
  // Two keys in one turn send one answer.
  const isBusy = useRef(false);
  const send = (answer: unknown) => {
    if (isBusy.current) return;
    isBusy.current = true;
    const afterSeq = store.lastSeq;
    setState({ ...idle, isSending: true });
    client
      .answer(question.run, question.id, answer)
      .then(
        (outcome) => {
          setState({ ...idle, sent: { outcome, answer, afterSeq } });
          onSafe();
        },
        (error: unknown) => {
          const details = error instanceof BatonClientError ? error.details : {};
          const faults = error instanceof BatonClientError ? serverFaults(details, 'answer') : [];
          setState({ ...idle, faults, error: faults.length > 0 ? null : error });
        },
      )
      .finally(() => {
        isBusy.current = false;
      });
  };
  const { sent } = state;
  const refusals = sent === null ? [] : refusalsSince(store, sent.afterSeq);
  return {
    ...state,
    came: sent && cameOf(sent, question, { by: me?.name ?? '', refusals }),
    send,
    refuse: (faults) => setState({ ...idle, faults }),
  };
}

function refusalsSince(store: RunStore, afterSeq: number): RunEvent[] {
  const found: RunEvent[] = [];
  for (let seq = afterSeq + 1; seq <= store.lastSeq; seq++) {
    const event = store.pages.get(seq);
    if (event?.type === 'question.answer_refused') found.push(event);
  }
  return found;
}
