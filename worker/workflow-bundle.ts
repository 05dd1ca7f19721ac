import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { Log } from '../runtime/log.ts';
import { sdkLogger } from './sdk-runtime.ts';

export const workflowsEntry = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));

const bundles = new Map<string, Promise<WorkflowBundleWithSourceMap>>();

/** The workflow code as workers run it. Bundled once in a process: it takes seconds. */
export async function workflowBundle(
  log: Log,
  workflowsPath: string = workflowsEntry,
): Promise<WorkflowBundleWithSourceMap> {
  const known = bundles.get(workflowsPath);
  if (known) return await known;
  const bundling = bundleWorkflowCode({
    workflowsPath,
    logger: sdkLogger(log.child({ part: 'bundler' }), 'DEBUG'),
    // Names stay readable in stack traces; what development mode adds to each module is left out.
    webpackConfigHook: (config) => ({
      ...config,
      mode: 'production',
      optimization: { ...config.optimization, minimize: false },
    }),
  });
  bundles.set(workflowsPath, bundling);
  bundling.catch(() => bundles.delete(workflowsPath));
  return await bundling;
}
