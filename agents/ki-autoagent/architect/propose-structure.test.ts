import fc from 'fast-check';
import { expect, test } from 'vitest';
import { architectureSchema, structureSchema, type ArchitectInput } from '../contract.ts';
import { subjectOf } from '../subject.ts';
import { proposeStructure } from './propose-structure.ts';

const propose = (input: Partial<ArchitectInput>) =>
  proposeStructure({ message: 'build a thing', technologies: [], previous: null, feedback: null, ...input });

test.each([
  [['typescript'], 'src', 'thing.ts'],
  [['express'], 'src', 'thing.js'],
  [['flask'], 'app', 'thing.py'],
  [['github.com/gin-gonic/gin'], 'internal', 'thing.go'],
  [['serde'], 'src', 'thing.rs'],
  [[], 'src', 'thing.ts'],
])('with %j in use it is written in that language', (technologies, folder, file) => {
  expect(propose({ technologies }).structure[folder]).toContain(file);
});

test('a wish for an API, a store and a container gets a place for each', () => {
  const { structure } = propose({ message: 'create a REST api with a database, in docker' });
  expect(structure['src']).toEqual(expect.arrayContaining(['routes.ts', 'store.ts']));
  expect(structure['.']).toContain('Dockerfile');
});

test('feedback adds what it names, and takes away what it does not want', () => {
  const previous = { src: ['index.ts', 'store.ts'], '.': ['README.md'] };
  const { structure, reasons } = propose({
    previous,
    feedback: 'without the store, add docs/usage.md and src/db/pool.ts',
  });
  expect(structure).toEqual({ src: ['index.ts'], '.': ['README.md'], docs: ['usage.md'], 'src/db': ['pool.ts'] });
  expect(reasons.join()).toContain('without store.ts');
});

test('whatever is asked or sent back, the structure is one and has a reason', () => {
  const words = fc.oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('add ../x.ts', 'no src', 'add a/../../b.js'),
  );
  fc.assert(
    fc.property(words, fc.option(words), fc.array(fc.string()), (message, feedback, technologies) => {
      const first = propose({ message, technologies });
      const { structure, reasons } = propose({
        message,
        technologies,
        feedback,
        previous: feedback === null ? null : first.structure,
      });
      expect(structureSchema.safeParse(structure).error).toBeUndefined();
      const whole = { summary: '', proposed_structure: structure, reasoning: reasons.join('; ') };
      expect(architectureSchema.safeParse(whole).error).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['Build a note-taking service with tests', 'note-taking service', 'note-taking-service'],
  ['please implement the payment API, quickly', 'payment API', 'payment-api'],
  ['Erzeuge ein Café', 'Erzeuge ein Café', 'erzeuge-ein-cafe'],
  ['create 3d viewer', '3d viewer', 'project-3d-viewer'],
  ['', 'project', 'project'],
  ['作成', '作成', 'project'],
])('%j is about %j', (message, words, slug) => {
  expect(subjectOf(message)).toMatchObject({ words, slug });
});
