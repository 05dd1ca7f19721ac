/** How much a principal may do: requests a second, connections at once. And how often an address may be wrong about a token. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { BatonError } from '../../protocol/errors.ts';
import type { Principal } from '../../protocol/execution.ts';
import { authFailuresPerMinute, connectionsPerPrincipal, requestsPerSecond } from '../../protocol/limits.ts';

export class Admission {
  private readonly requests: RateLimiterMemory | null;
  private readonly failures = new RateLimiterMemory({ points: authFailuresPerMinute, duration: 60 });
  private readonly connections = new Map<string, number>();
  private readonly connectionsMax: number;
  private open = 0;

  /** `perSecond` 0 is no limit. */
  constructor(perSecond: number, connectionsMax: number) {
    this.requests = perSecond === 0 ? null : new RateLimiterMemory({ points: perSecond, duration: 1 });
    this.connectionsMax = connectionsMax;
  }

  get hasRequestLimit(): boolean {
    return this.requests !== null;
  }

  /** Errors: rate_limited {retryAfterSeconds}. */
  async request(by: Principal): Promise<void> {
    if (this.requests) await consume(this.requests, by.name, `more than ${this.requests.points} requests a second`);
  }

  /** Counts a wrong token. Errors: rate_limited once there were too many from that address. */
  async failure(address: string): Promise<void> {
    await consume(this.failures, address, 'too many wrong tokens');
  }

  /** The same for a socket, which has no status to be told. */
  isFailingOften(address: string): Promise<boolean> {
    return this.failure(address).then(
      () => false,
      () => true,
    );
  }

  /** A long-lived connection begins; call `leave` when it ends. Errors: too_many_connections. */
  enter(by: Principal): void {
    this.requirePlace();
    this.claim(by);
    this.takePlace();
  }

  leave(by: Principal): void {
    this.leavePlace();
    this.release(by);
  }

  /** Whether one more connection may begin. Errors: too_many_connections. */
  requirePlace(): void {
    if (this.open >= this.connectionsMax)
      throw new BatonError('too_many_connections', `this gateway holds ${this.connectionsMax} connections already`);
  }

  /** A connection has begun before anybody knows whose it is: `claim` says so later. Call `leavePlace` when it ends. */
  takePlace(): void {
    this.open++;
  }

  leavePlace(): void {
    this.open--;
  }

  /** A connection that has its place is this principal's; call `release` when it is no more. Errors: too_many_connections. */
  claim(by: Principal): void {
    const own = this.connections.get(by.name) ?? 0;
    if (by.authenticated && own >= connectionsPerPrincipal)
      throw new BatonError('too_many_connections', `${by.name} holds ${connectionsPerPrincipal} connections already`);
    this.connections.set(by.name, own + 1);
  }

  release(by: Principal): void {
    const own = (this.connections.get(by.name) ?? 1) - 1;
    if (own === 0) this.connections.delete(by.name);
    else this.connections.set(by.name, own);
  }
}

/** The limit in force: none where everybody is anonymous, unless one is set. */
export function requestLimit(config: { BATON_RATE_LIMIT?: number | undefined; authenticationOn: boolean }): number {
  return config.BATON_RATE_LIMIT ?? (config.authenticationOn ? requestsPerSecond : 0);
}

async function consume(limiter: RateLimiterMemory, key: string, message: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
    throw new BatonError('rate_limited', `${message}: try again in ${retryAfterSeconds} s`, { retryAfterSeconds });
  }
}
