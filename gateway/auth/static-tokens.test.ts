import { describe, expect, it } from 'vitest';
import { staticTokens } from './static-tokens.ts';

describe('AUTH_TOKEN', () => {
  it('as one token has all roles', () => {
    const identify = staticTokens('s3cret');
    expect(identify('s3cret')?.principal).toEqual({
      name: 'operator',
      roles: ['client', 'human', 'ops'],
      authenticated: true,
    });
    expect(identify('s3cre')).toBeNull();
    expect(identify('')).toBeNull();
  });

  it('as a list gives each token its name and roles; tokens may hold colons', () => {
    const identify = staticTokens('ann:client:a:1, bob:human+lawyer:b1,ops:ops:o1');
    expect(identify('a:1')?.principal).toMatchObject({ name: 'ann', roles: ['client'] });
    expect(identify('b1')?.principal).toMatchObject({ name: 'bob', roles: ['human', 'lawyer'] });
    expect(identify('ann:client:a:1')).toBeNull();
  });

  it.each(['ann:client:a,b', 'ann:client:x,bob:human:x', ',', 'ann::a,bob:ops:b'])(
    'refuses the list %j without telling it',
    (setting) => {
      expect(() => staticTokens(setting)).toThrow(/AUTH_TOKEN/);
      expect(() => staticTokens(setting)).not.toThrow(setting);
    },
  );
});
