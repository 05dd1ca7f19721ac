import type { Delivery } from './contract.ts';
import { requirementsSchema, type Requirements } from './documents.ts';
import type { RoleDesk } from './role-desk.ts';
import { capitalized, readWish, type Thing, type Wish } from './wish.ts';

const system = `You are the product manager of a small software team. From a wish you write the requirements document:
goals, at least three user stories ("As a … I want to … so that …") and at least three requirements about the things that
the wish names. Keep to what was wished for; the team delivers a few small files.`;

export async function manageProduct(desk: RoleDesk): Promise<Delivery> {
  const { prompt, title } = desk.input;
  desk.expect(4);
  await desk.tell('Reading the wish', { characters: prompt.length });
  const document = await desk.write(
    { key: 'requirements', schema: requirementsSchema, system, prompt: `The wish:\n${prompt}` },
    () => requirementsOf(readWish(prompt)),
  );
  const requirements = { ...document, title: title?.trim() || document.title };
  const { goals, user_stories: stories } = requirements;
  const counts = `${goals.length} goals, ${stories.length} user stories, ${requirements.requirements.length} requirements`;
  await desk.tell(`Found ${counts}`);
  await desk.deliverJson('requirements.json', requirements);
  await desk.deliver('requirements.md', 'text/markdown', markdownOf(requirements));
  return { summary: `${requirements.title}: ${counts}`, artifacts: desk.delivered };
}

export function requirementsOf({ product, things }: Wish): Requirements {
  const [main] = things as [Thing, ...Thing[]];
  const texts = things.flatMap((thing) => requirementsOfThing(thing, product));
  return {
    title: main.name === product ? capitalized(product) : `${capitalized(main.name)} ${product}`,
    goals: [
      `Give its users one place for their ${main.plural}`,
      `Keep every ${main.name} until its user removes it`,
      `Work in a browser, without an account and without a server`,
    ],
    user_stories: things.flatMap((thing) => storiesOf(thing)),
    requirements: texts.map((text, index) => ({ id: `R${index + 1}`, text })),
  };
}

function storiesOf({ name, plural, fields }: Thing): string[] {
  const [first] = fields;
  return [
    `As a user I want to add a ${name} so that I do not have to remember it`,
    `As a user I want to see all my ${plural} in one list so that I find one by its ${first}`,
    `As a user I want to remove a ${name} so that the list stays short`,
  ];
}

function requirementsOfThing({ name, plural, fields }: Thing, product: string): string[] {
  return [
    `The ${product} shows every ${name} in a list`,
    `A user adds a ${name} with ${fields.join(', ')}; without ${fields[0]} it is refused, with the reason`,
    `A user removes a ${name} from the list`,
    `The ${plural} are still there when the ${product} is opened again`,
  ];
}

function markdownOf({ title, goals, user_stories: stories, requirements }: Requirements): string {
  const bullets = (lines: readonly string[]) => lines.map((line) => `- ${line}`).join('\n');
  return `# ${title}

## Goals

${bullets(goals)}

## User stories

${bullets(stories)}

## Requirements

${bullets(requirements.map(({ id, text }) => `**${id}** ${text}`))}
`;
}
