/** A socket has a question open. What the client has not read yet is kept newest-wins. */
import type { Attendee } from '../../protocol/schemas/presence.ts';
import { encodePush } from './encode.ts';
import type { Session } from './session.ts';

export class Attendance implements Disposable {
  private readonly session: Session;
  private readonly run: string;
  private readonly question: string;
  private entry: Disposable | null = null;
  private pending: Attendee[] | null = null;
  private isDisposed = false;

  constructor(session: Session, run: string, question: string) {
    this.session = session;
    this.run = run;
    this.question = question;
  }

  /** Errors: subscription_limit. Nothing comes of it where it was closed in the meantime. */
  start(): void {
    if (this.isDisposed) return;
    const { context, guard } = this.session;
    this.entry = context.presence.enter(this.run, this.question, {
      by: guard.by.name,
      told: (others) => {
        this.pending = others;
        this.flush();
      },
    });
  }

  flush(): void {
    if (this.pending === null || this.isDisposed || !this.session.hasRoom()) return;
    const { run, question, pending: others } = this;
    this.pending = null;
    this.session.send(encodePush({ kind: 'presence', run, question, others }));
  }

  [Symbol.dispose](): void {
    this.isDisposed = true;
    this.entry?.[Symbol.dispose]();
  }
}
