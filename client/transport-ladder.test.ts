import { describe, expect, it } from 'vitest';
import { climbIntervalMs } from '../protocol/limits.ts';
import {
  climbDelayMs,
  climbed,
  currentTransport,
  failedToOpen,
  openedOn,
  transportLadder,
} from './transport-ladder.ts';

const blocked = { reachable: true, timedOut: false };
const away = { reachable: false, timedOut: false };

describe('the transport ladder', () => {
  it('falls one rung after two failures in a row while the gateway answers requests', () => {
    let ladder = failedToOpen(transportLadder('auto', true), blocked);
    expect(currentTransport(ladder)).toBe('websocket');
    ladder = failedToOpen(ladder, blocked);
    expect(currentTransport(ladder)).toBe('sse');
    ladder = failedToOpen(failedToOpen(ladder, blocked), blocked);
    expect(currentTransport(ladder)).toBe('polling');
    expect(currentTransport(failedToOpen(failedToOpen(ladder, blocked), blocked))).toBe('polling');
  });

  it('stays where it is while the gateway is away', () => {
    let ladder = transportLadder('auto', true);
    for (let times = 0; times < 10; times++) ladder = failedToOpen(failedToOpen(ladder, away), { ...blocked, ...away });
    expect(currentTransport(ladder)).toBe('websocket');
    expect(currentTransport(failedToOpen(failedToOpen(ladder, blocked), away))).toBe('websocket');
  });

  it('falls at once when something swallows the connection', () => {
    const ladder = failedToOpen(transportLadder('auto', true), { reachable: true, timedOut: true });
    expect(currentTransport(ladder)).toBe('sse');
  });

  it('forgets a strike when it has opened in between', () => {
    const ladder = failedToOpen(openedOn(failedToOpen(transportLadder('auto', true), blocked)), blocked);
    expect(currentTransport(ladder)).toBe('websocket');
  });

  it('climbs to the top when the probe opens, and one rung on trial when it does not', () => {
    let ladder = transportLadder('auto', true);
    for (let times = 0; times < 4; times++) ladder = failedToOpen(ladder, blocked);
    expect(currentTransport(climbed(ladder, true))).toBe('websocket');
    const trial = climbed(ladder, false);
    expect(currentTransport(trial)).toBe('sse');
    expect(currentTransport(failedToOpen(trial, blocked))).toBe('polling');
  });

  it('waits longer with each climb that failed, and not at all on top', () => {
    let ladder = failedToOpen(failedToOpen(transportLadder('auto', true), blocked), blocked);
    const waits: (number | null)[] = [];
    for (let times = 0; times < 6; times++) {
      waits.push(climbDelayMs(ladder));
      ladder = climbed(ladder, false);
    }
    expect(waits).toEqual([1, 2, 4, 8, 10, 10].map((factor) => factor * climbIntervalMs));
    expect(climbDelayMs(climbed(ladder, true))).toBeNull();
  });

  it('begins at event streams where there is no WebSocket, and has one rung where a transport is named', () => {
    expect(currentTransport(transportLadder('auto', false))).toBe('sse');
    expect(transportLadder('polling', true).rungs).toEqual(['polling']);
  });
});
