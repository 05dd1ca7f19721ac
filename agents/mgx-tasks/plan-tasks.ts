import { z } from 'zod';
import type { Delivery } from './contract.ts';
import { filesSchema, type PlannedFile, type PlannedTask } from './documents.ts';
import type { RoleDesk } from './role-desk.ts';

const system = `You are the project manager of a small software team. For each file you write the title of the one task
that makes it, as an order: "Write …".`;

const titlesSchema = z.object({
  titles: z.array(z.object({ path: z.string(), title: z.string().trim().min(1).max(500) })),
});

export async function planTasks(desk: RoleDesk): Promise<Delivery> {
  desk.expect(2);
  const files = await desk.readJson('Architect', 'files.json', filesSchema);
  await desk.tell(`Putting ${files.length} files in order`);
  const prompt = `The files:\n${JSON.stringify(files)}`;
  const { titles } = await desk.write({ key: 'titles', schema: titlesSchema, system, prompt }, () => ({ titles: [] }));
  const tasks = tasksOf(files, new Map(titles.map(({ path, title }) => [path, title])));
  await desk.deliverJson('tasks.json', tasks);
  return { summary: `${tasks.length} tasks, one for each file`, artifacts: desk.delivered };
}

/** One task for each file, after those of the files that it needs; where files need each other, as they are listed. */
export function tasksOf(files: readonly PlannedFile[], titles: ReadonlyMap<string, string> = new Map()): PlannedTask[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const ordered = new Set<PlannedFile>();
  const visit = (file: PlannedFile, above: ReadonlySet<PlannedFile>): void => {
    if (ordered.has(file) || above.has(file)) return;
    for (const path of file.needs) {
      const needed = byPath.get(path);
      if (needed) visit(needed, new Set([...above, file]));
    }
    ordered.add(file);
  };
  for (const file of files) visit(file, new Set());
  const ids = new Map([...ordered].map((file, index) => [file.path, `T${index + 1}`]));
  return [...ordered].map(({ path, purpose, needs }, index) => ({
    id: `T${index + 1}`,
    order: index + 1,
    file: path,
    title: titles.get(path) ?? `Write ${path}: ${purpose}`,
    depends_on: needs.flatMap((needed) => ids.get(needed) ?? []).filter((id) => Number(id.slice(1)) <= index),
  }));
}
