/** archon-crawl: crawl progress, the server log and the knowledge list, as their own clients know them. */
import { closeCodes } from '../../../protocol/errors.ts';
import { dialectIdPattern, socketIdleSeconds } from '../../../protocol/limits.ts';
import type { SurfaceContext } from '../../http/surface-context.ts';
import type { Dialect, SocketCall, SocketHandler } from '../dialect.ts';
import type { DialectSocket } from '../dialect-socket.ts';
import { Translator } from '../translation.ts';
import { contractClocks, type Clocks } from './clocks.ts';
import { CrawlLog } from './crawl-log.ts';
import { crawlRoutes } from './crawl-routes.ts';
import { CrawlSocket } from './crawl-socket.ts';
import { itemRoutes, logRoutes } from './item-routes.ts';
import { KnowledgeSocket } from './knowledge-socket.ts';
import { LogSocket } from './log-socket.ts';
import { crawlTranslation, encodeMalformed } from './translation.ts';

/** Of a socket that was told all there is: it takes no frames. */
const finished: SocketHandler = { message: () => undefined, drained: () => undefined, closed: () => undefined };

export function createDialect(context: SurfaceContext, clocks: Clocks = contractClocks): Dialect {
  const { engine, log, stopping } = context;
  const translator = new Translator(crawlTranslation);
  const crawlLog = new CrawlLog(engine, log);
  stopping.addEventListener('abort', () => crawlLog.close(), { once: true });

  const openCrawl = (socket: DialectSocket, { guard, param }: SocketCall): SocketHandler => {
    const progressId = param('progress_id') ?? '';
    if (dialectIdPattern.test(progressId))
      return new CrawlSocket(socket, progressId, { guard, translator, clocks, log });
    socket.send(encodeMalformed(progressId));
    socket.close(closeCodes.normal, 'the id is none');
    return finished;
  };

  return {
    name: 'archon',
    routes: [...crawlRoutes(translator, clocks), ...itemRoutes, ...logRoutes(crawlLog)],
    sockets: [
      { path: '/api/crawl-progress/{progress_id}', idleSeconds: socketIdleSeconds, open: openCrawl },
      {
        path: '/api/mcp/logs/stream',
        idleSeconds: socketIdleSeconds,
        open: (socket, { guard }) => new LogSocket(socket, { crawlLog, guard, log, now: new Date() }),
      },
      {
        path: '/api/knowledge-items/stream',
        idleSeconds: socketIdleSeconds,
        check: ({ guard }) => guard.requireReach(),
        open: (socket, { guard }) => new KnowledgeSocket(socket, { guard, log, pingMs: clocks.pingMs }),
      },
    ],
  };
}
