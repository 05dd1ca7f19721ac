/**
 * What agents have written with the log of their context, in `agent-logs.sqlite` of the data folder: the newest lines of
 * all. Any number of processes may have it open. Ids ascend in the order in which lines become visible, so that whoever
 * reads on after the newest misses none.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { agentLogBusyMs } from '../../protocol/limits.ts';
import { openDatabase, type Database } from '../sqlite/database.ts';

/** Level: its place in `logLevels`. The last index is for the few that matter among many: a query says `level >= 2`, too. */
const schema = {
  version: 1,
  sql: `
    CREATE TABLE line (
      id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, level INTEGER NOT NULL, run TEXT NOT NULL,
      agent TEXT NOT NULL, step TEXT NOT NULL, attempt INTEGER NOT NULL, key TEXT, said ANY NOT NULL
    ) STRICT;
    CREATE INDEX line_of_run ON line (run, id);
    CREATE INDEX line_of_agent ON line (agent, id);
    CREATE INDEX line_of_trouble ON line (id) WHERE level >= 2;
  `,
};

function agentLogFile(dataDir: string): string {
  return join(resolve(dataDir), 'agent-logs.sqlite');
}

export function openAgentLogs(dataDir: string): Database {
  return openDatabase(agentLogFile(dataDir), schema, { busyMs: agentLogBusyMs });
}

/** null where nobody has written yet: readers make no file. */
export function openWrittenAgentLogs(dataDir: string): Database | null {
  return existsSync(agentLogFile(dataDir)) ? openAgentLogs(dataDir) : null;
}
