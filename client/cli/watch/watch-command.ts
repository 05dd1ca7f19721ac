/** `baton watch`, and `--watch` of other commands: shows a run until it ends. The exit code is its outcome. */
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { progressLines } from '../render/progress.ts';
import { cut, plain } from '../render/text.ts';
import { Screen } from '../screen.ts';
import type { Session } from '../session.ts';
import { QuestionPrompter, type Prompting } from './question-prompter.ts';
import { endingLines, isCaughtUp, openQuestions, takeItem, watchModel, type WatchModel } from './watch-model.ts';

export interface WatchSettings {
  /** Show what comes after this seq. */
  after: number;
  json: boolean;
  /** Default false: it ends with the run. True: it stays, for a run that goes on. */
  follow?: boolean;
  /** An end at or below this seq is an old one, of a run that is just being made to go on. Default: none is. */
  beyond?: number;
  /** Whether questions are asked right here. Default: in a terminal. */
  ask?: boolean;
}

/** Redrawing costs little; ten times a second looks live. */
const redrawMs = 100;

export async function watch(session: Session, run: string, settings: WatchSettings): Promise<number> {
  // At once and in one sentence: the gateway is away, or there is no such run. The watch itself would wait for it.
  const state = await session.client.state(run);
  const stop = new AbortController();
  const model = watchModel(state, settings.after);
  const forget = session.around.onInterrupt(() => stop.abort(new Interrupt()));
  const view = viewOf(session, model, settings, () => stop.abort(new Interrupt()));
  try {
    const options = { after: settings.after, follow: true, signal: stop.signal, live: !settings.json };
    for await (const item of session.client.watch(run, options)) {
      if (settings.json && item.kind === 'event') session.printJson(item.event);
      view.show(takeItem(model, item, { theme: session.theme, columns: session.columns }));
      if (item.kind === 'end' && item.lastSeq > (settings.beyond ?? -1) && settings.follow !== true) break;
    }
  } catch (error) {
    if (!(error instanceof Interrupt)) throw error;
    await view.close();
    session.note(`${plain(run)} goes on. Come back: baton watch ${plain(run)} --after ${model.lastSeq}`);
    return exitCodes.interrupted;
  } finally {
    forget();
    await view.close();
  }
  if (!settings.json) session.print(...endingLines(model.state, session.theme));
  return exitCodeOf(model.state.status);
}

class Interrupt extends Error {
  override readonly name = 'Interrupt';
}

interface View {
  show(told: { lines: string[]; asides: string[] }): void;
  close(): Promise<void>;
}

function viewOf(session: Session, model: WatchModel, settings: WatchSettings, onInterrupt: () => void): View {
  if (settings.json) return asidesOnly(session);
  return session.isTerminal ? drawn(session, model, settings, onInterrupt) : plainLines(session);
}

function asidesOnly(session: Session): View {
  return {
    show: ({ asides }) => asides.forEach((aside) => session.note(aside)),
    close: () => Promise.resolve(),
  };
}

function plainLines(session: Session): View {
  return {
    show({ lines, asides }) {
      session.print(...lines);
      for (const aside of asides) session.note(aside);
    },
    close: () => Promise.resolve(),
  };
}

/** The timeline scrolls, the bars stand below it; while a question is being answered, both wait. */
function drawn(session: Session, model: WatchModel, settings: WatchSettings, onInterrupt: () => void): View {
  const screen = new Screen(session.around.stdout);
  const prompter = session.isInteractive && settings.ask !== false ? new QuestionPrompter(session, onInterrupt) : null;
  let prompting: Prompting | null = null;
  let held: string[] = [];
  let isOpen = true;

  const draw = (above: readonly string[] = []) => {
    if (prompting !== null) return;
    const { theme, columns, rows } = session;
    const { state, lives, failing, link } = model;
    const view = {
      state,
      lives,
      failing,
      link,
      theme,
      columns: columns - 1,
      nowMs: Date.now(),
      rows: Math.max(1, rows - 6),
    };
    screen.update(above, state.startedAt === '' ? [] : progressLines(view));
  };
  const promptNext = () => {
    // What led to a question is read before it is answered.
    const isTime = prompting === null && isOpen && isCaughtUp(model);
    const question = isTime ? prompter?.next(openQuestions(model)) : undefined;
    if (!prompter || !question) return;
    screen.pause();
    prompting = prompter.ask(question);
    void prompting.done.finally(() => {
      prompting = null;
      screen.resume();
      draw(held);
      held = [];
      promptNext();
    });
  };
  const timer = setInterval(() => draw(), redrawMs);

  return {
    show({ lines }) {
      if (prompting !== null) held.push(...lines);
      else if (lines.length > 0) draw(lines);
      const current = prompting?.question.id;
      if (prompting !== null && !openQuestions(model).some(({ id }) => id === current)) {
        prompting.giveUp(closedWords(model, current));
      }
      promptNext();
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      clearInterval(timer);
      prompting?.giveUp('');
      await prompting?.done;
      draw();
      screen.close();
    },
  };
}

function closedWords(model: WatchModel, id: string | undefined): string {
  const question = model.state.questions.find((known) => known.id === id);
  const by = question?.answers.at(-1)?.by;
  const how = question?.status ?? 'closed';
  return cut(by === undefined ? `the question is ${how}` : `answered by ${plain(by)} meanwhile`, 200);
}
