import { z } from 'zod';
import type { Delivery } from './contract.ts';
import { contentSchema, filesSchema, requirementsSchema, tasksSchema, type PlannedFile } from './documents.ts';
import { contentOf, mediaTypeOf } from './file-content.ts';
import type { RoleDesk } from './role-desk.ts';
import { readWish } from './wish.ts';

const system = `You are the engineer of a small software team. You write one file, whole and working, that keeps to the
interfaces of the file list and uses those of the files that it needs.`;

const answerSchema = z.object({ content: contentSchema.min(1) });

export async function writeFiles(desk: RoleDesk): Promise<Delivery> {
  const requirements = await desk.readJson('ProductManager', 'requirements.json', requirementsSchema);
  const files = await desk.readJson('Architect', 'files.json', filesSchema);
  const tasks = await desk.readJson('ProjectManager', 'tasks.json', tasksSchema);
  desk.expect(tasks.length + 1);
  await desk.tell(`Writing ${tasks.length} files`);
  const wish = readWish(desk.input.prompt);
  const written: { path: string; content: string }[] = [];
  for (const { id, file: path, title } of tasks.toSorted((a, b) => a.order - b.order)) {
    const file = files.find((known) => known.path === path);
    if (!file) continue;
    const prompt = [
      `The wish:\n${desk.input.prompt}`,
      `The requirements:\n${JSON.stringify(requirements)}`,
      `The file list:\n${JSON.stringify(files)}`,
      `What it needs:\n${neededBy(file, written)}`,
      `Your task ${id}: ${title}\nThe file: ${path}`,
    ].join('\n\n');
    const { content } = await desk.write({ key: path, schema: answerSchema, system, prompt }, () => ({
      content: contentOf(file, { wish, requirements, files }),
    }));
    written.push({ path, content });
    await desk.deliver(path, mediaTypeOf(path), content);
  }
  return { summary: `${written.length} files are written`, artifacts: desk.delivered };
}

function neededBy(file: PlannedFile, written: readonly { path: string; content: string }[]): string {
  const needed = written.filter(({ path }) => file.needs.includes(path));
  return needed.map(({ path, content }) => `--- ${path}\n${content}`).join('\n') || 'nothing';
}
