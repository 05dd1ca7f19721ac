import { expect, test } from 'vitest';
import { fieldsText } from './fields-text.ts';

test('fields are told as names and values, and what would be taken for several of them as JSON', () => {
  expect(fieldsText({ url: 'http://a.example/', status: 500, said: 'a b=c', err: { code: 1 }, none: '' })).toBe(
    'url=http://a.example/ status=500 said="a b=c" err={"code":1} none=""',
  );
  expect(fieldsText({})).toBe('');
});
