import { ServiceError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { translate } from './history-service.ts';

const grpcError = (code: number) => Object.assign(new Error('said'), { code, details: 'said', metadata: {} });

describe('translate', () => {
  it('says that Temporal is down, also where the SDK wraps what the service said', () => {
    const unavailable = grpcError(14);
    for (const error of [unavailable, new ServiceError('Failed to signal Workflow', { cause: unavailable })])
      expect(translate('r', error)).toMatchObject({ code: 'temporal_down', status: 503 });
  });

  it('tells a run that is not there from a service that refuses', () => {
    expect(translate('r', grpcError(5))).toMatchObject({ code: 'run_not_found' });
    expect(translate('r', grpcError(3))).toMatchObject({ code: 'internal' });
  });

  it('leaves what does not come from the service as it is', () => {
    const own = new TypeError('a bug');
    expect(translate('r', own)).toBe(own);
  });
});
