import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readWish } from './wish.ts';

test.each([
  ['A page that lists my books', 'page', ['book']],
  ['make a to-do app', 'app', ['to-do']],
  ['I want a website to track expenses and budgets for small teams', 'website', ['expense', 'budget', 'team']],
  ['Create a snake game', 'game', ['snake']],
  ['Customers can order pizzas with toppings. Please use big sizes.', 'app', ['customer', 'pizza', 'size']],
  ['写一个管理图书的网页应用', 'app', ['图书', '网页', '应用']],
])('%s is a %s about %j', (prompt, product, names) => {
  const wish = readWish(prompt);
  expect(wish.product).toBe(product);
  expect(wish.things.map(({ name }) => name)).toEqual(names);
});

test('what stands after "with" describes the thing before', () => {
  const [recipe] = readWish('Build a recipe manager with title, ingredients and cooking time').things;
  expect(recipe).toEqual({
    name: 'recipe',
    plural: 'recipes',
    code: 'recipe',
    fields: ['title', 'ingredient', 'time'],
  });
});

test('names in code are ASCII, each once, and never those of other files', () => {
  expect(readWish('stores, a store for 图书 and cafés and cafes').things.map(({ code }) => code)).toEqual([
    'item1',
    'item2',
    'cafe',
  ]);
  expect(readWish('a café, the cafe').things.map(({ code }) => code)).toEqual(['cafe', 'item2']);
});

test('every prompt is about something, and the same one always about the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), (prompt) => {
      const wish = readWish(prompt);
      expect(readWish(prompt)).toEqual(wish);
      expect(wish.things.length).toBeGreaterThan(0);
      for (const { name, code, fields } of wish.things) {
        expect(name.trim()).not.toBe('');
        expect(code).toMatch(/^[a-z][a-zA-Z0-9]*$/);
        expect(fields.length).toBeGreaterThan(0);
      }
    }),
  );
});
