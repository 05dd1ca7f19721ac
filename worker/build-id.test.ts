import { expect, test } from 'vitest';
import { createLog } from '../runtime/log.ts';
import { buildIdOf } from './build-id.ts';
import { workflowBundle, workflowsFolder } from './workflow-bundle.ts';

test('a build is named by the setting, else by its code, wherever that was bundled', () => {
  expect(buildIdOf({ BATON_BUILD_ID: '2026-11-21.1' }, 'code')).toBe('2026-11-21.1');
  const at = (folder: string) =>
    `line one\n;// ../../tmp/${folder}/workflows.ts\n${folder.replaceAll('-', '_')}_workflows();\nline two`;
  const id = buildIdOf({}, at('baton-bundle-Ab12Cd'));
  expect(id).toMatch(/^[0-9a-f]{12}$/);
  expect(buildIdOf({}, at('baton-bundle-Zz98Yx'))).toBe(id);
  expect(buildIdOf({}, at('baton-bundle-Ab12Cd').replace('two', '2'))).not.toBe(id);
});

test('two bundles of the same code are one build, whatever folder the worker was started in', async () => {
  const log = createLog('test', 'silent');
  const folders = [workflowsFolder];
  const once = await workflowBundle(log, { folders });
  const startedIn = process.cwd();
  process.chdir('/');
  const again = await workflowBundle(log, { folders: [...folders, `${workflowsFolder}/supervisor`] });
  process.chdir(startedIn);
  expect(again).not.toBe(once);
  expect(buildIdOf({}, again.code)).toBe(buildIdOf({}, once.code));
});
