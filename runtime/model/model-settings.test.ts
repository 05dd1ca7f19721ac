import { expect, test } from 'vitest';
import { readConfig } from '../config.ts';

test.each([
  { MODEL_PROVIDER: 'openai-compatible', MODEL_NAME: 'm', MODEL_BASE_URL: 'http://127.0.0.1:1/v1' },
  { MODEL_PROVIDER: 'anthropic', MODEL_NAME: 'm', MODEL_API_KEY: 'k' },
  { MODEL_PROVIDER: 'openai', MODEL_NAME: 'm', MODEL_API_KEY: 'k', MODEL_BASE_URL: 'https://proxy.example' },
  {},
])('a model that is described whole is taken, and none at all: $MODEL_PROVIDER', (settings) => {
  expect(readConfig(settings).MODEL_PROVIDER).toBe(settings.MODEL_PROVIDER);
});

test.each([
  { settings: { MODEL_NAME: 'm' }, says: 'MODEL_PROVIDER: MODEL_NAME is set' },
  { settings: { MODEL_API_KEY: 'k' }, says: 'MODEL_PROVIDER: MODEL_API_KEY is set' },
  { settings: { MODEL_PROVIDER: 'other', MODEL_NAME: 'm' }, says: 'MODEL_PROVIDER: ' },
  { settings: { MODEL_PROVIDER: 'anthropic', MODEL_API_KEY: 'k' }, says: 'MODEL_NAME: MODEL_PROVIDER is anthropic' },
  {
    settings: { MODEL_PROVIDER: 'openai', MODEL_NAME: 'm' },
    says: 'MODEL_API_KEY: MODEL_PROVIDER is openai: it needs a key',
  },
  { settings: { MODEL_PROVIDER: 'openai-compatible', MODEL_NAME: 'm' }, says: 'MODEL_BASE_URL: ' },
  {
    settings: { MODEL_PROVIDER: 'openai-compatible', MODEL_NAME: 'm', MODEL_BASE_URL: 'no' },
    says: 'MODEL_BASE_URL: ',
  },
])('a model that is described in part is refused: $says', ({ settings, says }) => {
  expect(() => readConfig(settings as Record<string, string>)).toThrow(says);
});
