/** A socket follows a list. What changes while the client does not read is kept newest-wins, one for each item. */
import type { RunSummary } from '../../protocol/schemas/commands.ts';
import type { Question } from '../../protocol/schemas/question.ts';
import { encodePush } from './encode.ts';
import type { Session } from './session.ts';

export class Watch implements Disposable {
  private readonly session: Session;
  private readonly what: 'runs' | 'questions';
  private source: Disposable | null = null;
  private readonly pending = new Map<string, RunSummary | Question>();

  constructor(session: Session, what: 'runs' | 'questions') {
    this.session = session;
    this.what = what;
  }

  attach(source: Disposable): void {
    this.source = source;
  }

  changed(change: RunSummary | Question): void {
    // Question ids are unique in their run only.
    this.pending.set('blueprint' in change ? change.id : `${change.run} ${change.id}`, change);
    if (this.session.hasRoom()) this.flush();
  }

  flush(): void {
    for (const [id, change] of this.pending) {
      if (!this.session.hasRoom()) return;
      this.pending.delete(id);
      this.session.send(
        this.what === 'runs'
          ? encodePush({ kind: 'changed', what: 'runs', run: change as RunSummary })
          : encodePush({ kind: 'changed', what: 'questions', question: change as Question }),
      );
    }
  }

  [Symbol.dispose](): void {
    this.source?.[Symbol.dispose]();
    this.pending.clear();
  }
}
