/** What a wish is about: its main noun with what stands before it. Pure. */

export interface Subject {
  /** As in `note-taking service`. */
  words: string;
  /** As in `note-taking-service`: for file names. */
  slug: string;
  /** As in `NoteTakingService`. */
  name: string;
}

const verb = /\b(?:build|create|implement|write|develop|generate|add|refactor|fix|make)\b/i;
const filler = new Set(
  'a an the me us my our your some new small simple little please can you to that this it'.split(' '),
);
const end = /^(?:with|without|that|which|who|for|using|in|into|on|by|from|of|so|as|and|or|where|when|because|at|via)$/i;
const wordsMax = 3;

export function subjectOf(message: string): Subject {
  const found = verb.exec(message);
  const rest = found ? message.slice(found.index + found[0].length) : message;
  const words: string[] = [];
  for (const token of rest.split(/\s+/)) {
    const word = token.replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
    const isStop = word === '' || end.test(word);
    if (words.length > 0 && isStop) break;
    if (!isStop && !filler.has(word.toLowerCase())) words.push(word);
    if (words.length === wordsMax || (words.length > 0 && /[.,;:!?]$/.test(token))) break;
  }
  const slug = words
    .join('-')
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '')
    .replaceAll(/-+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40)
    .replace(/-$/, '');
  const named = /^[a-z]/.test(slug) ? slug : `project${slug === '' ? '' : `-${slug}`}`;
  return {
    words: words.join(' ') || 'project',
    slug: named,
    name: named
      .split('-')
      .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
      .join(''),
  };
}
