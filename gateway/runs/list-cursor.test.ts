import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openCursor, sealCursor } from './list-cursor.ts';

it('a cursor brings its token back, for the query it belongs to', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), fc.string(), (token, query) => {
      expect(Array.from(openCursor(sealCursor(token, query), query))).toEqual(Array.from(token));
      expect(() => openCursor(sealCursor(token, query), `${query}x`)).toThrow('nextCursor');
    }),
  );
});

it('whatever else is no cursor', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => openCursor(text, 'q')).toThrow('nextCursor');
    }),
  );
  expect(openCursor(undefined, 'q')).toHaveLength(0);
});
