import { expect, it } from 'vitest';
import { readViews, viewOf, withView, withoutView } from './saved-views.ts';

it('views come back as they were kept, by name', () => {
  const views = withView(withView([], 'mine', { owner: 'ann', page: '2' }), ' failed ', { status: 'failed' });
  expect(readViews(JSON.stringify(views))).toEqual([
    { name: 'failed', search: { status: 'failed' } },
    { name: 'mine', search: { owner: 'ann' } },
  ]);
});

it('one of the same name is replaced, one without a name is not kept', () => {
  const views = withView(withView([], 'mine', { owner: 'ann' }), 'mine', { owner: 'bob' });
  expect(views).toEqual([{ name: 'mine', search: { owner: 'bob' } }]);
  expect(withView(views, '  ', {})).toEqual(views);
  expect(withoutView(views, 'mine')).toEqual([]);
});

it('knows which view is on the screen', () => {
  const views = withView([], 'mine', { status: 'failed', code: 'x' });
  expect(viewOf(views, { code: 'x', status: 'failed', other: '1' })?.name).toBe('mine');
  expect(viewOf(views, { code: 'x' })).toBeNull();
});

it('what is kept and is no list of views is none', () => {
  for (const kept of [null, '', '{', '5', '[1, {"name": 3, "search": {}}, {"name": "a", "search": null}]'])
    expect(readViews(kept), String(kept)).toEqual([]);
  expect(readViews('[{"name": "a", "search": {"code": "c", "owner": 5, "colour": "red"}}]')).toEqual([
    { name: 'a', search: { code: 'c' } },
  ]);
});
