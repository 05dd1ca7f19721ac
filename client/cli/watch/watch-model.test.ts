import { expect, it } from 'vitest';
import type { WatchItem } from '../../watch-run.ts';
import { noColours } from '../render/theme.ts';
import { takeItem, watchModel } from './watch-model.ts';

it('says once that the connection is lost, and once that it is back', () => {
  const model = watchModel('r', 0);
  const open: WatchItem = { kind: 'transport', status: 'open', transport: 'websocket' };
  const lost: WatchItem = {
    kind: 'transport',
    status: 'lost',
    transport: 'websocket',
    reason: 'it broke',
    retryInMs: 200,
  };
  const said = [open, lost, lost, lost, open, lost].map(
    (item) => takeItem(model, item, { theme: noColours, columns: 80 }).asides,
  );
  expect(said).toEqual([
    [],
    ['it broke; trying again until it is back'],
    [],
    [],
    ['connected again (websocket)'],
    ['it broke; trying again until it is back'],
  ]);
});
