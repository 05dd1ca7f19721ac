/**
 * Why an agent is told to stop.
 *
 *   cancelled   the run is being cancelled: clean up; what is emitted now still gets into the log
 *   timed_out   the attempt has used up its time
 *   stopping    the worker is going down: the attempt begins anew elsewhere, from the last checkpoint
 *   paused      somebody has paused the step: the attempt begins anew when it is unpaused, from the last checkpoint
 *   gone        the execution has ended or was abandoned: nobody waits for this any more
 */
export type StopCause = 'cancelled' | 'timed_out' | 'stopping' | 'paused' | 'gone';

/** The reason of an agent's `signal`. Its name is that of every abort, so that libraries take it for one. */
export class AgentStopped extends Error {
  override readonly name = 'AbortError';
  readonly why: StopCause;

  constructor(why: StopCause, message: string) {
    super(message);
    this.why = why;
  }
}
