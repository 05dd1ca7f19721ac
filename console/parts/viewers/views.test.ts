import { describe, expect, it } from 'vitest';
import { isStored, kindOfBlob, viewsOfText, viewsOfValue } from './views.ts';

describe('how something is looked at first', () => {
  it.each([
    [{ a: 1 }, '', 'tree'],
    [[1, 2], '', 'tree'],
    [[{ a: 1 }, { b: 'x', a: null }], '', 'table'],
    [[{ a: 1 }, { a: { deep: 1 } }], '', 'tree'],
    [[{ a: 1 }], '', 'tree'],
    ['one line', '', 'text'],
    ['# Title\n\nText', '', 'markdown'],
    ['- a\n- b\n\nand **more**', '', 'markdown'],
    ['first\nsecond', '', 'text'],
    ['x = 1', 'main.py', 'code'],
    ['plain', 'notes.md', 'markdown'],
    ['<h1>Hello</h1>', 'index.html', 'code'],
  ])('%j, called "%s": %s', (value, name, view) => {
    expect(viewsOfValue(value, name)[0]).toBe(view);
  });

  it('HTML is never rendered', () => {
    expect(viewsOfText('<script>alert(1)</script>', { type: 'text/html; charset=utf-8' })).toEqual(['code', 'text']);
  });
});

it.each([
  ['application/json', 'json'],
  ['application/problem+json', 'json'],
  ['text/html', 'text'],
  ['image/png', 'image'],
  ['image/x-unknown', 'binary'],
  ['application/octet-stream', 'binary'],
  ['application/xml', 'text'],
])('a blob of type %s is %s', (type, kind) => {
  expect(kindOfBlob({ ref: 'r', bytes: 1, type })).toBe(kind);
});

it('what is stored is known by its reference, and by nothing less', () => {
  expect(isStored({ preview: 'x', blob: { ref: 'r', bytes: 5, type: 't' } })).toBe(true);
  expect(isStored({ preview: 'x', blob: { ref: 'r' } })).toBe(false);
  expect(isStored({ preview: 'x' })).toBe(false);
});
