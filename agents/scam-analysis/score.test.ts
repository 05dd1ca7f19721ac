import { describe, expect, test } from 'vitest';
import { imitatedBrand } from './brands.ts';
import { judgeDomain } from './judge-domain.ts';
import { judgePhone } from './judge-phone.ts';
import { judgeWording } from './judge-wording.ts';
import { planRecords } from './progress-plan.ts';
import { caps, confidenceOf, riskOf, scoreOf, type EvidenceKind } from './score.ts';

const pieces = (kind: EvidenceKind, weight: number, count: number) =>
  Array.from({ length: count }, () => ({ kind, evidence: { tool: 't', entity: 'e', finding: 'f', weight } }));

describe('the score', () => {
  test.each([
    ['scam_database', 50, 2, 70],
    ['exa_search', 10, 3, 20],
    ['domain_reputation', 30, 2, 50],
    ['phone_validator', 20, 2, 35],
    ['urgency', 5, 4, 15],
    ['payment', 15, 3, 30],
    ['credentials', 10, 3, 20],
    ['lure', 10, 3, 20],
  ] as const)('counts %s up to its cap', (kind, weight, count, most) => {
    expect(scoreOf(pieces(kind, weight, 1))).toBe(weight);
    expect(scoreOf(pieces(kind, weight, count))).toBe(most);
  });

  test('adds the kinds, up to 100', () => {
    expect(scoreOf([...pieces('exa_search', 10, 1), ...pieces('urgency', 5, 1)])).toBe(15);
    expect(scoreOf((Object.keys(caps) as EvidenceKind[]).flatMap((kind) => pieces(kind, 100, 1)))).toBe(100);
  });

  test.each([
    [0, 'none'],
    [14, 'none'],
    [15, 'low'],
    [39, 'low'],
    [40, 'medium'],
    [69, 'medium'],
    [70, 'high'],
    [100, 'high'],
  ] as const)('of %d is %s', (score, risk) => {
    expect(riskOf(score)).toBe(risk);
  });

  test('is trusted the more the more evidence there is', () => {
    expect([0, 1, 3, 6, 7, 50].map(confidenceOf)).toEqual([0.5, 0.58, 0.74, 0.98, 0.99, 0.99]);
  });
});

describe('a domain', () => {
  const weights = (host: string, urls: string[] = []) => judgeDomain(host, urls).map(({ weight }) => weight);
  test.each([
    ['192.168.0.1', [], [25]],
    ['[2001:db8::1]', [], [25]],
    ['xn--80ak6aa92e.com', [], [20]],
    ...['xyz', 'top', 'click', 'icu', 'tk', 'ml', 'gq', 'cf', 'ga', 'buzz', 'rest', 'zip'].map(
      (tld): [string, string[], number[]] => [`site.${tld}`, [], [15]],
    ),
    ['paypal-login.example', [], [30]],
    ['secure.paypa1.com', [], [30]],
    ['www.paypal.com', [], []],
    ['a-b-c-d.com', [], [10]],
    ['a.b.c.d.com', [], [10]],
    ['bit.ly', [], [10]],
    ['plain.com', ['http://plain.com/x'], [5]],
    ['plain.com', ['https://plain.com/x', 'plain.com/y'], []],
    ['amaz0n-refund.xyz', ['http://amaz0n-refund.xyz'], [15, 30, 5]],
  ] as [string, string[], number[]][])('%s', (host, urls, expected) => {
    expect(weights(host, urls)).toEqual(expected);
  });

  test('imitates a brand also by figures, but not where its name is part of a word', () => {
    expect(imitatedBrand('micr0soft-help.com', 'micr0soft-help.com')?.name).toBe('microsoft');
    expect(imitatedBrand('app1e-id.com', 'app1e-id.com')?.name).toBe('apple');
    expect(imitatedBrand('b1nance.io', 'b1nance.io')?.name).toBe('binance');
    expect(imitatedBrand('pineapple.com', 'pineapple.com')).toBeNull();
    expect(imitatedBrand('purchase-groups.com', 'purchase-groups.com')).toBeNull();
    expect(imitatedBrand('pay.google.com', 'google.com')).toBeNull();
  });
});

describe('a phone number', () => {
  test.each([
    ['+12025550114', []],
    ['+5550114', [15]],
    ['+19005550147', [20]],
    ['+19765550123', [20]],
    ['+449001234567', [20]],
    ['+61190123456', [20]],
  ])('%s', (number, expected) => {
    expect(judgePhone(number).map(({ weight }) => weight)).toEqual(expected);
  });
});

describe('wording', () => {
  const phrases = (text: string) => judgeWording(text).map(({ entity, weight }) => `${entity} ${weight}`);
  test.each([
    ['URGENT, act   now! Urgent.', ['urgent 5', 'act now 5']],
    ['Pay by gift card or Bitcoin', ['gift card 15', 'bitcoin 15']],
    ['send the one-time code and your SSN', ['ssn 10', 'one-time code 10']],
    ['You have won a prize', ['you have won 10', 'prize 10']],
    ['urgently otpion cryptography first password1', []],
  ])('%s', (text, expected) => {
    expect(phrases(text)).toEqual(expected);
  });
});

describe('the plan of records', () => {
  const walk = (entities: Parameters<typeof planRecords>[0]) =>
    planRecords(entities).map(({ step, percent }) => [step, percent]);
  const none = { phones: [], urls: [], domains: [], emails: [] };

  test('for one number is the reference walk, with its own check', () => {
    expect(walk({ ...none, phones: ['+12025550114'] })).toEqual([
      ['entity_extraction', 10],
      ['scam_db', 35],
      ['exa_search', 50],
      ['phone_validator', 80],
      ['reasoning', 90],
    ]);
  });

  test('skips stages without entities', () => {
    expect(walk(none)).toEqual([
      ['entity_extraction', 10],
      ['reasoning', 90],
    ]);
    expect(walk({ ...none, emails: ['a@gmail.com'] }).map(([step]) => step)).not.toContain('phone_validator');
  });

  test('gives every entity a record of its own', () => {
    const entities = { phones: ['+1', '+2'], urls: ['u'], domains: ['d'], emails: [] };
    expect(walk(entities)).toEqual([
      ['entity_extraction', 10],
      ['scam_db', 25],
      ['scam_db', 30],
      ['scam_db', 35],
      ['exa_search', 40],
      ['exa_search', 45],
      ['exa_search', 50],
      ['domain_reputation', 65],
      ['phone_validator', 73],
      ['phone_validator', 80],
      ['reasoning', 90],
    ]);
  });
});
