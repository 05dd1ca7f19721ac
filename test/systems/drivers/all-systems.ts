import { archon } from './archon.ts';
import { ki } from './ki.ts';
import { mgx } from './mgx.ts';
import { native } from './native.ts';
import { rooms } from './rooms.ts';
import { scam } from './scam.ts';
import type { SystemDriver } from './system-driver.ts';

export const systems: readonly SystemDriver[] = [native, ki, scam, mgx, archon, rooms];

/** What all of them want of the product. */
export const systemSettings: Readonly<Record<string, string>> = Object.assign(
  {},
  ...systems.map(({ settings }) => settings),
) as Record<string, string>;
