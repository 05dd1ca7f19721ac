import { expect, test } from 'vitest';
import { parseWebhookSecrets, signatureHeaders } from './signature.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: 1_614_265_330_000, body: '{"test": 2432232314}' };

test('signs as the published example of Standard Webhooks', () => {
  expect(signatureHeaders(parseWebhookSecrets(secret), message)).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('signs with each of several secrets, with the prefix or without', () => {
  const other = Buffer.alloc(32, 7).toString('base64');
  const signed = signatureHeaders(parseWebhookSecrets(`${secret}, ${other}`), message)['webhook-signature'];
  expect(signed?.split(' ')).toEqual([
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
  ]);
});

test.each(['', 'short', 'whsec_', 'whsec_c2hvcnQ=', `whsec_${'A'.repeat(120)}`, `${secret},`, 'kö'])(
  'refuses %j without telling it',
  (text) => {
    expect(() => parseWebhookSecrets(text)).toThrow(/^entry \d is not whsec_ and the base64 of 24 to 64 bytes$/);
  },
);
