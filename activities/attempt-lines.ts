/** The lines of one attempt that are kept for gateways: so many of them, and at the end how many were left out. */
import type { LogLevel } from '../protocol/log-levels.ts';
import { agentLogAttemptLines, agentLogAttemptReserve } from '../protocol/limits.ts';
import { loggedFields } from '../runtime/log.ts';
import type { WrittenLine } from '../stores/agent-logs/agent-log-writer.ts';
import type { Clock } from './clock.ts';
import type { StepPlace } from './event-writer.ts';

/** False where a line is not kept. */
export interface KeptLines {
  add(line: WrittenLine): boolean;
}

export class AttemptLines {
  private readonly place: StepPlace;
  private readonly kept: KeptLines;
  private readonly clock: Pick<Clock, 'now'>;
  private written = 0;
  private leftOut = 0;
  private isOpen = true;

  constructor(place: StepPlace, kept: KeptLines, clock: Pick<Clock, 'now'>) {
    this.place = place;
    this.kept = kept;
    this.clock = clock;
  }

  /** Never throws, and does nothing once the attempt has ended. */
  write(level: LogLevel, message: string, fields: Record<string, unknown>): void {
    if (!this.isOpen) return;
    const isTrouble = level === 'warn' || level === 'error';
    const most = isTrouble ? agentLogAttemptLines : agentLogAttemptLines - agentLogAttemptReserve;
    if (this.written < most && this.add(level, message, fields)) this.written++;
    else this.leftOut++;
  }

  end(): void {
    const { leftOut } = this;
    if (this.isOpen && leftOut > 0)
      this.add('warn', `${leftOut} lines of this attempt were left out: they are in the log of its process`, {
        leftOut,
      });
    this.isOpen = false;
  }

  private add(level: LogLevel, message: string, fields: Record<string, unknown>): boolean {
    const at = new Date(this.clock.now()).toISOString();
    return this.kept.add({ ...this.place, at, level, message, fields: fieldsOf(fields) });
  }
}

function fieldsOf(fields: Record<string, unknown>): string {
  try {
    return loggedFields(fields);
  } catch (error) {
    return JSON.stringify({ unwritable: String(error) });
  }
}
