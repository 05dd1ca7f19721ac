import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteLength, cutData, cutLoggedData, isOversize } from './cut-data.ts';
import { eventDataBytes, previewCharacters } from './limits.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('a', 'ß', '€', '😀', '\ud800', '\udc00') }),
);

describe('byteLength', () => {
  it('is the length of the UTF-8, also of half surrogate pairs', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(byteLength(value)).toBe(Buffer.byteLength(value));
      }),
    );
  });
});

describe('isOversize', () => {
  it('compares bytes, not characters', () => {
    fc.assert(
      fc.property(text, fc.nat(40), (value, limit) => {
        expect(isOversize(value, limit)).toBe(Buffer.byteLength(value) > limit);
      }),
    );
  });
});

describe('cut data', () => {
  it('fits the limit, shows how it begins, and keeps small keys', () => {
    const data = fc.dictionary(fc.string({ maxLength: 50 }), fc.oneof(fc.nat(), fc.string({ maxLength: 3_000 })), {
      maxKeys: 60,
    });
    fc.assert(
      fc.property(data, (small) => {
        const whole = { ...small, kind: 'k', filler: 'x'.repeat(eventDataBytes) };
        const cut = cutLoggedData(7, whole);
        const json = JSON.stringify(whole);
        expect(isOversize(JSON.stringify(cut))).toBe(false);
        expect(cut).toMatchObject({
          preview: json.slice(0, previewCharacters),
          blob: { ref: 'event-7', bytes: Buffer.byteLength(json), type: 'application/json' },
        });
        expect(cutLoggedData(7, cut)).toBe(cut);
      }),
      { numRuns: 200 },
    );
  });

  it('leaves what fits as it is', () => {
    const data = { kind: 'k', filler: 'x'.repeat(eventDataBytes - 30) };
    expect(cutLoggedData(1, data)).toBe(data);
  });

  it('keeps the first small keys where there are too many', () => {
    const data = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`key${index}`, index]));
    const cut = cutData(data, JSON.stringify(data), { ref: 'r', bytes: 1, type: 't' });
    expect(cut['key0']).toBe(0);
    expect(Object.keys(cut).length).toBeLessThan(1_500);
  });
});
