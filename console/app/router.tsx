/** Every address of the console; gateway/console/console-routes.ts serves the page at each. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  parseSearchWith,
  redirect,
  stringifySearchWith,
} from '@tanstack/react-router';
import { lasting } from './lasting.ts';
import { openRun } from '../live/use-run.ts';
import { NotFound } from './not-found.tsx';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

/** Its code is fetched when it is wanted first. */
function screen<M extends Record<string, unknown>, K extends keyof M & string>(load: () => Promise<M>, name: K) {
  return lazyRouteComponent<M, K>(lasting(load), name);
}

/** The search of an address as the screen reads it: text by key. */
type Search = Record<string, string>;
const readSearch = (search: Record<string, unknown>): Search =>
  Object.fromEntries(Object.entries(search).map(([key, value]) => [key, String(value)]));

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => redirect({ to: '/runs', search: {}, throw: true }),
});
const start = createRoute({
  getParentRoute: () => root,
  path: '/start',
  component: screen(() => import('../screens/start/start-screen.tsx'), 'StartScreen'),
});
const startOne = createRoute({
  getParentRoute: () => root,
  path: '/start/$blueprint',
  validateSearch: readSearch,
  component: screen(() => import('../screens/start/start-one-screen.tsx'), 'StartOneScreen'),
});
const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  validateSearch: readSearch,
  component: screen(() => import('../screens/runs/runs-screen.tsx'), 'RunsScreen'),
});
/** Its screen is on the way at the same time. Nothing is begun for a link that is only pointed at. */
const opening = (run: string, isPointedAt: boolean) => {
  if (!isPointedAt) openRun(run);
};
const run = createRoute({
  getParentRoute: () => root,
  path: '/runs/$run',
  validateSearch: readSearch,
  loader: ({ params, preload }) => opening(params.run, preload),
  component: screen(() => import('../screens/run/run-screen.tsx'), 'RunScreen'),
});
const runTab = createRoute({
  getParentRoute: () => root,
  path: '/runs/$run/$tab',
  validateSearch: readSearch,
  loader: ({ params, preload }) => opening(params.run, preload),
  component: screen(() => import('../screens/run/run-screen.tsx'), 'RunScreen'),
});
const questions = createRoute({
  getParentRoute: () => root,
  path: '/questions',
  validateSearch: readSearch,
  component: screen(() => import('../screens/questions/questions-screen.tsx'), 'QuestionsScreen'),
});
const failures = createRoute({
  getParentRoute: () => root,
  path: '/failures',
  validateSearch: readSearch,
  component: screen(() => import('../screens/failures/failures-screen.tsx'), 'FailuresScreen'),
});
const jobs = createRoute({
  getParentRoute: () => root,
  path: '/jobs',
  component: screen(() => import('../screens/jobs/jobs-screen.tsx'), 'JobsScreen'),
});
const newJob = createRoute({
  getParentRoute: () => root,
  path: '/jobs/new',
  validateSearch: readSearch,
  component: screen(() => import('../screens/jobs/new-job-screen.tsx'), 'NewJobScreen'),
});
const job = createRoute({
  getParentRoute: () => root,
  path: '/jobs/$job',
  validateSearch: readSearch,
  component: screen(() => import('../screens/jobs/job-screen.tsx'), 'JobScreen'),
});
const compare = createRoute({
  getParentRoute: () => root,
  path: '/compare',
  validateSearch: readSearch,
  component: screen(() => import('../screens/compare/compare-screen.tsx'), 'CompareScreen'),
});
const system = createRoute({
  getParentRoute: () => root,
  path: '/system',
  validateSearch: readSearch,
  component: screen(() => import('../screens/system/system-screen.tsx'), 'SystemScreen'),
});
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: readSearch,
  component: screen(() => import('../screens/sign-in/sign-in-screen.tsx'), 'SignInScreen'),
});
const signedIn = createRoute({
  getParentRoute: () => root,
  path: '/signed-in',
  component: screen(() => import('../screens/sign-in/signed-in-screen.tsx'), 'SignedInScreen'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    start,
    startOne,
    runs,
    run,
    runTab,
    questions,
    failures,
    jobs,
    newJob,
    job,
    compare,
    system,
    signIn,
    signedIn,
  ]),
  defaultPreload: 'intent',
  // Text as it is, so that addresses stay readable: `?seq=12`, not `?seq=%2212%22`.
  parseSearch: parseSearchWith((value) => value),
  stringifySearch: stringifySearchWith(String),
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
