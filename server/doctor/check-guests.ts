/** Whether the programs that MCP_SERVERS names are found. They are not started. */
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Finding } from '../../protocol/schemas/findings.ts';
import { fault, ok } from '../../runtime/doctor/check.ts';

export interface GuestCommand {
  name: string;
  command: string;
  /** Default: this process's own. */
  path?: string;
}

export function checkGuests(commands: readonly GuestCommand[], ownPath = process.env['PATH'] ?? ''): Finding[] {
  return commands.map(({ name, command, path = ownPath }) => {
    const check = `mcp-server ${name}`;
    if (find(command, path) !== null) return ok(check, `${command} is there`);
    return fault(
      check,
      `${command} is not found`,
      'install it on every machine with workers, or give its full path in MCP_SERVERS',
    );
  });
}

function find(command: string, path: string): string | null {
  const isPath = isAbsolute(command) || command.includes('/');
  const extensions = process.platform === 'win32' ? ['', '.exe', '.cmd', '.bat'] : [''];
  const places = isPath ? [command] : path.split(delimiter).map((folder) => join(folder, command));
  const files = places.flatMap((place) => extensions.map((extension) => `${place}${extension}`));
  return files.find((file) => isExecutable(file)) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
