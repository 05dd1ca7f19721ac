import { expect, test } from 'vitest';
import { BatonClientError } from '../../../../client/index.ts';
import { editFaults, noEditFaults } from './edit-faults.ts';

const refused = (details: Record<string, unknown>) =>
  new BatonClientError('invalid_input', 'it does not fit', { details });

test('each fault goes to the part of the form that it is about', () => {
  const faults = [
    { field: 'edits.input.userQuery', message: 'must not be blank' },
    { field: 'edits.context.plan.0', message: 'is no step' },
    { field: 'edits.results.coder#1.files', message: 'must be a number' },
  ];
  const found = editFaults(refused({ faults }), []);
  expect(found.input).toEqual([{ path: ['userQuery'], message: 'must not be blank' }]);
  expect(found.context).toEqual([{ path: ['plan', 0], message: 'is no step' }]);
  expect(found.results).toEqual([{ path: ['coder#1', 'files'], message: 'must be a number' }]);
  expect(found.isPlaced).toBe(true);
});

test('one that stands alone is said in words, at its question', () => {
  const found = editFaults(refused({ field: 'edits.answers.q-1.yes' }), ['q-1', 'q-2']);
  expect(found.answers).toEqual({ 'q-1': [{ path: ['yes'], message: ': it does not fit' }] });
});

test('what is about something else has no place here', () => {
  expect(editFaults(refused({ field: 'step' }), ['q-1'])).toBe(noEditFaults);
  expect(editFaults(new Error('broken'), [])).toBe(noEditFaults);
});
