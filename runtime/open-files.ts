/** Each socket is an open file; a limit that is too low shows only under load. */

/** Files that are open besides sockets: history reads, SQLite, modules. */
const otherFiles = 1_000;

/** A warning in one line, or null. `limit` null: no limit, or none that is known here. */
export function openFilesWarning(limit: number | null, maxConnections: number): string | null {
  if (limit === null || limit >= maxConnections + otherFiles) return null;
  return (
    `The open-file limit is ${limit}, enough for about ${Math.max(0, limit - otherFiles)} sockets of the ` +
    `${maxConnections} that BATON_MAX_CONNECTIONS allows; raise it with ulimit -n ${maxConnections + otherFiles}.`
  );
}

export function openFilesLimit(): number | null {
  if (process.platform === 'win32') return null;
  // Not in the types yet; without it the report looks up the names of the network's addresses.
  const reporter: typeof process.report & { excludeNetwork?: boolean } = process.report;
  reporter.excludeNetwork = true;
  const report = reporter.getReport() as { userLimits?: { open_files?: { soft?: number | string } } };
  const soft = report.userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : null;
}
