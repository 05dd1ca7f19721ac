/** The addresses that a run can be watched by: the native one, and those of the five systems' clients. */
import { durableProgressBurst, durableProgressPerSecond } from '../protocol/limits.ts';
import type { Line } from './parts/audience.ts';

export interface Surface {
  name: string;
  path(run: string): string;
  greeting(run: string): Line[];
}

export interface DialectSurface extends Surface {
  /** What a run is started with, natively, for this dialect to show it. */
  blueprint: string;
  input: unknown;
  /** What a tick of the bench's speaker is in the log. */
  eventsOfTick: number;
  /** Between ticks: what agents may tell so often. */
  gapMs: number;
  /** Whether a socket may wait for a run that there is not yet. */
  waits: boolean;
  /** Whether what it keeps for an idle client is judged. */
  isLean: boolean;
}

const silent = () => [];

export const native: Surface = {
  name: 'native',
  path: () => '/v1/ws',
  greeting: (run) => [{ text: JSON.stringify({ id: 1, op: 'subscribe', run }) }],
};

const rooms = {
  blueprint: 'request-rooms',
  input: { userQuery: 'calculate 6*7; summarize' },
  // A step runs, and is completed.
  eventsOfTick: 2,
  gapMs: 20,
};

export const dialectSurfaces: readonly DialectSurface[] = [
  {
    name: 'ki-autoagent',
    blueprint: 'ki-autoagent',
    input: { message: 'what is this project?' },
    path: (run) => `/ws/chat?session_id=${run}`,
    greeting: silent,
    eventsOfTick: 1,
    // Durable progress is bounded in a second.
    gapMs: 1_000 / (durableProgressPerSecond - durableProgressBurst) + 5,
    waits: true,
    isLean: true,
  },
  {
    name: 'scam-analysis',
    blueprint: 'scam-analysis',
    input: { text: 'URGENT: call +1 202 555 0114' },
    path: (run) => `/ws/agent-progress/${run}`,
    greeting: silent,
    eventsOfTick: 1,
    gapMs: 20,
    waits: true,
    isLean: true,
  },
  {
    name: 'mgx-tasks',
    blueprint: 'mgx-tasks',
    input: { prompt: 'A page that lists my books' },
    path: (run) => `/ws/tasks/${run}`,
    greeting: silent,
    eventsOfTick: 1,
    gapMs: 20,
    waits: false,
    isLean: true,
  },
  {
    name: 'archon-crawl',
    blueprint: 'crawl',
    input: { url: 'https://docs.site.example/' },
    path: (run) => `/api/crawl-progress/${run}`,
    greeting: silent,
    eventsOfTick: 1,
    gapMs: 20,
    waits: true,
    isLean: true,
  },
  {
    ...rooms,
    name: 'request-rooms',
    path: (run) => `/ws/requests?requestId=${run}`,
    greeting: silent,
    waits: true,
    isLean: true,
  },
  {
    ...rooms,
    name: 'request-rooms by Socket.IO',
    path: (run) => `/socket.io/?EIO=4&transport=websocket&requestId=${run}`,
    greeting: (run) => [
      { after: '0{', text: '40' },
      { after: '40{', text: `42${JSON.stringify(['rejoin', { requestId: run }])}` },
    ],
    waits: true,
    isLean: false,
  },
];
