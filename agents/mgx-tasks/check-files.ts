import type { Delivery } from './contract.ts';
import { filesSchema, tasksSchema, type Check, type PlannedFile, type PlannedTask, type Report } from './documents.ts';
import type { RoleDesk } from './role-desk.ts';

/** A model writes files, but does not judge them: what is checked here is what is there. */
export async function checkFiles(desk: RoleDesk): Promise<Delivery> {
  const files = await desk.readJson('Architect', 'files.json', filesSchema);
  const tasks = await desk.readJson('ProjectManager', 'tasks.json', tasksSchema);
  const delivered = desk.artifactsOf('Engineer');
  desk.expect(3);
  await desk.tell(`Checking ${files.length} files`);
  const contents = new Map<string, string>();
  for (const artifact of delivered) contents.set(artifact.name, await desk.readText(artifact));
  const report = reportOn(files, tasks, contents);
  const { passed, failed } = report;
  const counts = `${passed} checks passed, ${failed} failed`;
  await desk.tell(counts, { passed, failed });
  await desk.deliverJson('report.json', report);
  const earlier = (['ProductManager', 'Architect', 'ProjectManager'] as const).flatMap((role) =>
    desk.artifactsOf(role),
  );
  return {
    summary: `${delivered.length} files delivered: ${counts}`,
    artifacts: [...earlier, ...delivered, ...desk.delivered],
    report: { passed, failed },
  };
}

export function reportOn(
  files: readonly PlannedFile[],
  tasks: readonly PlannedTask[],
  contents: ReadonlyMap<string, string>,
): Report {
  const checks = files.flatMap((file) => checksOf(file, tasks, contents));
  const passed = checks.filter((check) => check.passed).length;
  return { passed, failed: checks.length - passed, checks };
}

function checksOf(
  { path }: PlannedFile,
  tasks: readonly PlannedTask[],
  contents: ReadonlyMap<string, string>,
): Check[] {
  const content = contents.get(path) ?? '';
  const characters = content.trim().length;
  const covering = tasks.filter(({ file }) => file === path).map(({ id }) => id);
  const lost = referencesOf(path, content).filter((reference) => !contents.has(reference));
  const check = (name: string, isPassed: boolean, note: string): Check => ({
    file: path,
    check: name,
    passed: isPassed,
    note,
  });
  return [
    check('not empty', characters > 0, `${characters} characters`),
    check('covered by a task', covering.length === 1, covering.join(', ') || 'no task'),
    check('refers only to files that are there', lost.length === 0, lost.join(', ') || 'nothing is missing'),
    ...(path.endsWith('.json') ? [check('is JSON', isJson(content), 'as its name says')] : []),
  ];
}

/** Paths of the delivery that a page or a module asks for. */
function referencesOf(path: string, content: string): string[] {
  const pattern = /\.html?$/.test(path)
    ? /\b(?:src|href)="(?![a-z][\w+.-]*:|\/\/|#)([^"?#]+)/g
    : /\.m?[jt]sx?$/.test(path)
      ? /\bfrom\s+['"](\.{1,2}\/[^'"]+)['"]/g
      : null;
  if (pattern === null) return [];
  return Array.from(content.matchAll(pattern), ([, reference = '']) => resolved(path, reference));
}

/** What is no address stays as it is, and so is found to be missing. */
function resolved(path: string, reference: string): string {
  const address = URL.parse(reference, `file:///${path}`);
  return address === null || address.protocol !== 'file:' ? reference : address.pathname.slice(1);
}

function isJson(content: string): boolean {
  try {
    JSON.parse(content);
    return true;
  } catch {
    return false;
  }
}
