import { describe, expect, it } from 'vitest';
import { isOriginAllowed } from './origin.ts';
import { requireAuthentication } from './require-authentication.ts';

const open = { corsOrigins: ['https://app.test'], authenticationOn: false };
const closed = { ...open, authenticationOn: true };
const every = { corsOrigins: ['*'], authenticationOn: true };

describe('an origin', () => {
  it.each([
    ['', '127.0.0.1:8080', open, true],
    ['http://127.0.0.1:8080', '127.0.0.1:8080', open, true],
    ['http://localhost:3000', 'localhost:8080', open, true],
    ['http://[::1]:3000', '[::1]:8080', open, true],
    ['https://app.test', '127.0.0.1:8080', open, true],
    ['https://evil.test', '127.0.0.1:8080', open, false],
    ['http://localhost.evil.test', '127.0.0.1:8080', open, false],
    ['null', '127.0.0.1:8080', open, false],
    ['', 'evil.test', open, false],
    ['http://evil.test', 'evil.test', open, false],
    ['', 'app.test', open, true],
    ['', '', open, false],
    ['', 'baton.example', closed, true],
    ['https://baton.example', 'baton.example', closed, true],
    ['https://evil.test', 'baton.example', closed, false],
    ['null', 'baton.example', closed, false],
    ['https://evil.test', 'baton.example', every, true],
    ['https://evil.test', '127.0.0.1:8080', { ...every, authenticationOn: false }, false],
    ['http://localhost:3000', '127.0.0.1:8080', { ...every, authenticationOn: false }, true],
  ])('%j at host %j', (origin, host, rule, isAllowed) => {
    expect(isOriginAllowed(origin, host, rule)).toBe(isAllowed);
  });
});

describe('without authentication', () => {
  it.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])('a gateway may be bound to %s', (BATON_HOST) => {
    expect(() => requireAuthentication({ BATON_HOST, authenticationOn: false })).not.toThrow();
  });
  it.each(['0.0.0.0', '::', '192.168.1.4', 'baton.example'])('a gateway on %s refuses to start', (BATON_HOST) => {
    expect(() => requireAuthentication({ BATON_HOST, authenticationOn: false })).toThrow(/BATON_HOST is .*AUTH_TOKEN/);
    expect(() => requireAuthentication({ BATON_HOST, authenticationOn: true })).not.toThrow();
  });
});
