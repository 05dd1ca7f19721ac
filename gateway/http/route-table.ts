/** Every address of the gateway. */
import type { Route } from './route.ts';
import { actRoutes } from './routes/act-routes.ts';
import { agentLogRoutes } from './routes/agent-log-routes.ts';
import { archiveRoutes } from './routes/archive-routes.ts';
import { blobRoutes } from './routes/blob-routes.ts';
import { blueprintRoutes } from './routes/blueprint-routes.ts';
import { codecRoutes } from './routes/codec-routes.ts';
import { deletionRoutes } from './routes/deletion-routes.ts';
import { documentRoutes } from './routes/document-routes.ts';
import { eventRoutes } from './routes/event-routes.ts';
import { jobRoutes } from './routes/job-routes.ts';
import { knowledgeRoutes } from './routes/knowledge-routes.ts';
import { questionRoutes } from './routes/question-routes.ts';
import { runRoutes } from './routes/run-routes.ts';
import { verifyRoutes } from './routes/verify-routes.ts';
import { systemRoutes } from './routes/system-routes.ts';
import { understandRoutes } from './routes/understand-routes.ts';

const described: readonly Route[] = [
  ...blueprintRoutes,
  ...runRoutes,
  ...actRoutes,
  ...understandRoutes,
  ...deletionRoutes,
  ...jobRoutes,
  ...verifyRoutes,
  ...archiveRoutes,
  ...eventRoutes,
  ...agentLogRoutes,
  ...questionRoutes,
  ...blobRoutes,
  ...knowledgeRoutes,
  ...codecRoutes,
  ...systemRoutes,
];

export const routeTable: readonly Route[] = [...described, ...documentRoutes(described)];
