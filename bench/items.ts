/** Everything that the bench measures, in the order in which it runs. */
import type { Figure } from './figure.ts';
import { connections } from './items/connections.ts';
import { dialectIdle } from './items/dialect-idle.ts';
import { dialects } from './items/dialects.ts';
import { delivery } from './items/delivery.ts';
import { coldRead, resumes } from './items/long-runs.ts';
import { manyRuns } from './items/many-runs.ts';
import { people } from './items/people.ts';
import { startLatency } from './items/start-latency.ts';
import { stepOverhead } from './items/step-overhead.ts';
import { upserts } from './items/upserts.ts';
import { watchedRuns } from './items/watched-runs.ts';
import type { Stage } from './stage.ts';

export const items: Readonly<Record<string, (stage: Stage) => Promise<Figure[]>>> = {
  'start-latency': startLatency,
  people,
  delivery,
  'step-overhead': stepOverhead,
  upserts,
  resumes,
  'cold-read': coldRead,
  connections,
  'watched-runs': watchedRuns,
  'many-runs': manyRuns,
  dialects,
  'dialect-idle': dialectIdle,
};
