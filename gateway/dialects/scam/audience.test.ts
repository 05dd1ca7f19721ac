import { expect, test } from 'vitest';
import type { Engine } from '../../engine.ts';
import { Guard } from '../../auth/guard.ts';
import { Audience, channelOf } from './audience.ts';

const guardOf = (name: string) => new Guard({} as Engine, { name, roles: ['client'], authenticated: true });

test('a task’s channel has the name that it has in the existing system', () => {
  expect(channelOf('t-88')).toBe('agent_progress:t-88');
});

test('each socket is of its channels until it leaves them, and twice is once', () => {
  const audience = new Audience();
  const [ann, bob] = [guardOf('ann'), guardOf('bob')];
  for (const guard of [ann, bob, bob]) audience.enter(channelOf('t'), guard);
  audience.enter(channelOf('u'), bob);
  expect(audience.of(channelOf('t'))).toEqual([ann, bob]);
  audience.leave(channelOf('t'), bob);
  audience.leave(channelOf('t'), bob);
  expect(audience.of(channelOf('t'))).toEqual([ann]);
  audience.leave(channelOf('t'), ann);
  expect(audience.of(channelOf('t'))).toEqual([]);
  expect(audience.of(channelOf('u'))).toEqual([bob]);
});
