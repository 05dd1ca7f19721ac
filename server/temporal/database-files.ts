/** The two SQLite files of an embedded server, before it starts. */
import { prepareHistoryFile } from './history-file.ts';
import { prepareVisibilityFile } from './visibility-file.ts';

export interface DatabaseFiles {
  history: string;
  visibility: string;
}

/** `folder`: a path, or the name that it has within the data folder, where all paths have slashes. */
export function databaseFiles(folder: string): DatabaseFiles {
  return { history: `${folder}/history.sqlite`, visibility: `${folder}/visibility.sqlite` };
}

/** What was migrated, for the log. Throws where the server must not start on them. */
export async function prepareDatabases({ history, visibility }: DatabaseFiles): Promise<string[]> {
  return [...(await prepareHistoryFile(history)), ...(await prepareVisibilityFile(visibility, history))];
}
