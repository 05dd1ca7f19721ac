import { expect, test } from 'vitest';
import { eventTypes } from '../../../../protocol/schemas/event.ts';
import { eventTypeGroups } from './event-types.ts';

test('every type of the protocol can be filtered by', () => {
  expect(eventTypeGroups.flatMap(({ types }) => types).toSorted()).toEqual([...eventTypes].toSorted());
});
