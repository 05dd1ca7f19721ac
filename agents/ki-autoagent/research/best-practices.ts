/** What is worth knowing of a technology. Pure. */

export interface BestPractice {
  technology: string | null;
  practice: string;
}

/** Lower case; names of packages, and of what they bring. */
const byTechnology: Readonly<Record<string, readonly string[]>> = {
  express: [
    'Give errors to next() and answer them in one handler with four arguments, the last one',
    'Set trust proxy, limits of bodies and security headers before the routes',
  ],
  fastify: ['Describe bodies and answers by JSON Schema: validation and serialisation come from it'],
  koa: ['Await next() within try/catch in the first middleware: that is the error handler'],
  hono: ['Keep routes in small apps of their own and mount them with route()'],
  react: [
    'Keep state where it is used and derive the rest; effects are for what lies outside of React',
    'Give list items keys that are theirs, not their index',
  ],
  'react-dom': ['Render with createRoot, and hydrate only what the server has rendered'],
  next: ['Fetch data in server components and leave the client to what must react'],
  vue: ['Use script setup and composables; props flow down, events flow up'],
  svelte: ['Derive with $derived and keep $effect for what lies outside'],
  '@angular/core': ['Use standalone components and signals, and change detection on push'],
  typescript: ['Turn strict on, and parse what comes from outside before it gets a type'],
  zod: ['Parse at the edges alone and infer types from the schemas'],
  jest: ['Test behaviour through what is public; a mock stands for what lies outside'],
  vitest: ['Keep tests beside their units, and let each make its own fixtures'],
  eslint: ['Keep one flat configuration at the root and run it in continuous integration'],
  prisma: ['Keep one client per process, and migrations under version control'],
  '@prisma/client': ['Keep one client per process, and select the columns that are used'],
  mongoose: ['Index what is queried, and use lean() for reads'],
  pg: ['Use one pool and parameters, never concatenated SQL'],
  redis: ['Give each key a time to live and a prefix'],
  axios: ['Set a timeout and hand on an AbortSignal'],
  ws: ['Ping idle sockets, and bound what waits for slow readers'],
  'socket.io': ['Acknowledge what must arrive, and join rooms by what the server knows'],
  graphql: ['Batch loads per request, and bound depth and cost of queries'],
  tailwindcss: ['Name repeated groups of classes as components, not as new classes'],
  vite: ['Keep secrets out of variables that begin with VITE_: they reach the browser'],
  webpack: ['Split by route and give files names by content'],
  pino: ['Log JSON to standard output, and redact secrets by path'],
  django: [
    'Keep queries in managers, and load relations with select_related and prefetch_related',
    'Never edit a migration that others have applied',
  ],
  flask: ['Make the app in a factory and the routes in blueprints'],
  fastapi: ['Declare bodies by pydantic models, and what is shared by Depends'],
  pydantic: ['Forbid extra fields where input comes from outside'],
  sqlalchemy: ['Open a session per unit of work, and load relations eagerly where they are used'],
  numpy: ['Work on whole arrays instead of loops'],
  pandas: ['Say the types of columns when reading, and avoid chained assignment'],
  requests: ['Always give a timeout, and use a session for repeated calls'],
  httpx: ['Share one client, with timeouts, over the life of the process'],
  pytest: ['Make fixtures small and scoped, and parametrize cases'],
  celery: ['Make tasks idempotent, and pass ids instead of objects'],
  torch: ['Seed everything, and switch to eval() and no_grad() for inference'],
  'github.com/gin-gonic/gin': ['Bind and validate with ShouldBind, and hand the request context on'],
  'github.com/gorilla/mux': ['Match methods with Methods(), and wrap handlers with middleware'],
  'github.com/spf13/cobra': ['Keep commands thin, and return errors from RunE'],
  'google.golang.org/grpc': ['Set deadlines on every call, and answer with status codes'],
  'github.com/stretchr/testify': ['Use require where a test cannot go on, assert elsewhere'],
  serde: ['Deny unknown fields where input comes from outside'],
  tokio: ['Never block in async code: spawn_blocking is for that'],
  axum: ['Share state with State, and make errors that implement IntoResponse'],
  'actix-web': ['Share state with web::Data, and make errors that implement ResponseError'],
  clap: ['Derive the parser, so that help and types agree'],
  anyhow: ['Add context() to errors on their way up; libraries use thiserror'],
  docker: [
    'Build in stages, copy manifests before sources, and run as a user of its own',
    'Pin the base image by digest',
  ],
};

const general: readonly string[] = [
  'Check what comes from outside where it comes in, and trust it from there on',
  'Handle errors where something can be done about them, and let the rest pass',
  'Cover each behaviour by a test that can fail',
  'Keep secrets and settings in the environment, and check them at start',
];

export function isKnown(technology: string): boolean {
  return practicesOf(technology).length > 0;
}

/** What is known of these, then what holds for all. */
export function bestPracticesFor(technologies: readonly string[]): BestPractice[] {
  const known = technologies.flatMap((technology) =>
    practicesOf(technology).map((practice): BestPractice => ({ technology, practice })),
  );
  return [...known, ...general.map((practice): BestPractice => ({ technology: null, practice }))];
}

/** Those that a question touches: by their technology, or by a word; else the general ones. */
export function practicesOn(query: string, practices: readonly BestPractice[]): string[] {
  const asked = ` ${query.toLowerCase()} `;
  const byName = practices.filter(
    ({ technology }) => technology !== null && new RegExp(`[^\\w]${escaped(technology)}[^\\w]`).test(asked),
  );
  const found = byName.length > 0 ? byName : practices.filter(({ technology }) => technology === null);
  return found.map(({ practice }) => practice);
}

function practicesOf(technology: string): readonly string[] {
  const name = technology.toLowerCase();
  return Object.hasOwn(byTechnology, name) ? (byTechnology[name] ?? []) : [];
}

function escaped(text: string): string {
  return text.toLowerCase().replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
