/** The files as the team writes them without a model: a page that works, and tests that pass. */
import type { PlannedFile, Requirements } from './documents.ts';
import { browserStore, pageScript, styles } from './page-parts.ts';
import { moduleSource, testSource } from './thing-parts.ts';
import type { Thing, Wish } from './wish.ts';

export interface Plan {
  wish: Wish;
  requirements: Requirements;
  files: readonly PlannedFile[];
}

export function contentOf({ path, purpose }: PlannedFile, { wish, requirements, files }: Plan): string {
  const thing = wish.things.find(({ code }) => path === `src/${code}.js` || path === `test/${code}.test.js`);
  if (thing) return path.startsWith('test/') ? testSource(thing) : moduleSource(thing);
  switch (path) {
    case 'package.json':
      return packageJson(requirements);
    case 'src/store.js':
      return browserStore;
    case 'src/main.js':
      return pageScript(wish.things);
    case 'styles.css':
      return styles;
    case 'index.html':
      return page(requirements, wish.things);
    case 'README.md':
      return readme(requirements, files);
    default:
      // A file list that somebody has edited: what is known of the file is said in it.
      return `${purpose}\n`;
  }
}

const mediaTypes: Readonly<Record<string, string>> = {
  css: 'text/css',
  html: 'text/html',
  js: 'text/javascript',
  json: 'application/json',
  md: 'text/markdown',
};

export function mediaTypeOf(path: string): string {
  const extension = path.slice(path.lastIndexOf('.') + 1);
  return Object.hasOwn(mediaTypes, extension) ? (mediaTypes[extension] ?? 'text/plain') : 'text/plain';
}

function packageJson({ title }: Requirements): string {
  const name =
    title
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '') || 'project';
  const json = {
    name: name.slice(0, 200),
    version: '1.0.0',
    private: true,
    type: 'module',
    scripts: { test: 'node --test' },
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

function page({ title }: Requirements, things: readonly Thing[]): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${escaped(title)}</title>
    <link rel="stylesheet" href="styles.css" />
  </head>
  <body>
    <h1>${escaped(title)}</h1>
    <main id="app" aria-label="${escaped(things.map(({ plural }) => plural).join(', '))}"></main>
    <script type="module" src="src/main.js"></script>
  </body>
</html>
`;
}

function readme({ title, requirements }: Requirements, files: readonly PlannedFile[]): string {
  const listed = files.map(({ path, purpose }) => `| \`${path}\` | ${purpose.replaceAll('|', '\\|')} |`).join('\n');
  const wanted = requirements.map(({ id, text }) => `- **${id}** ${text}`).join('\n');
  return `# ${title}

Serve the folder (\`npx serve\`, or any web server) and open \`index.html\`. \`npm test\` runs the tests with Node 20 or later.

${wanted}

| file | |
|---|---|
${listed}
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
