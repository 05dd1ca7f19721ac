/** What the words of a message are after. Pure. */
import type { Evidence } from './contract.ts';

export type Wording = 'urgency' | 'payment' | 'credentials' | 'lure';

const phrases: Readonly<Record<Wording, { weight: number; phrases: readonly string[] }>> = {
  urgency: {
    weight: 5,
    phrases: ['urgent', 'immediately', 'within 24 hours', 'act now', 'final notice', 'suspended'],
  },
  payment: {
    weight: 15,
    phrases: ['gift card', 'wire transfer', 'bitcoin', 'crypto', 'western union', 'processing fee', 'zelle'],
  },
  credentials: {
    weight: 10,
    phrases: ['verify your account', 'password', 'social security', 'ssn', 'one-time code', 'otp', 'pin code'],
  },
  lure: {
    weight: 10,
    phrases: ['you have won', 'lottery', 'prize', 'inheritance', 'refund', 'irs', 'tax debt'],
  },
};

const known = Object.entries(phrases).flatMap(([wording, { weight, phrases: words }]) =>
  words.map((phrase) => ({ wording: wording as Wording, weight, phrase, pattern: wholeWords(phrase) })),
);

/** Each phrase once, whole words, any letter case. */
export function judgeWording(text: string): (Evidence & { wording: Wording })[] {
  return known
    .filter(({ pattern }) => pattern.test(text))
    .map(({ wording, weight, phrase }) => ({
      tool: 'reasoning',
      entity: phrase,
      finding: `wording: ${wording}`,
      weight,
      wording,
    }));
}

function wholeWords(phrase: string): RegExp {
  const words = phrase.split(' ').join('\\s+');
  return new RegExp(`(?<![\\p{L}\\p{N}])${words}(?![\\p{L}\\p{N}])`, 'iu');
}
