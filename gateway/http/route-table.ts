/** Every address of the gateway. */
import { blueprintRoutes } from './routes/blueprint-routes.ts';
import { eventRoutes } from './routes/event-routes.ts';
import { knowledgeRoutes } from './routes/knowledge-routes.ts';
import { questionRoutes } from './routes/question-routes.ts';
import { runRoutes } from './routes/run-routes.ts';
import { systemRoutes } from './routes/system-routes.ts';
import type { Route } from './route.ts';

export const routeTable: readonly Route[] = [
  ...blueprintRoutes,
  ...runRoutes,
  ...eventRoutes,
  ...questionRoutes,
  ...knowledgeRoutes,
  ...systemRoutes,
];
