/** Which folder may import what. Imports point one way: protocol is at the bottom, server and console on top. */
import type { Import } from './imports.ts';

interface Rule {
  /** Folders besides its own. */
  folders: readonly string[];
  /** Of folders that are closed otherwise: paths that may be imported all the same. */
  except?: RegExp;
  /** Packages; without it any. */
  packages?: RegExp;
  /** Folders of which it may import types. */
  typesOf?: readonly string[];
}

/** All that outsiders may import of a plug-in. Its schemas are zod's. */
const contract = /^(agents|workflows)\/[^/]+\/contract\.ts$/;

export const importLaw: Readonly<Record<string, Rule>> = {
  protocol: { folders: [], packages: /^zod$/ },
  stores: { folders: ['protocol'] },
  runtime: { folders: ['protocol', 'stores'] },
  agents: { folders: ['protocol', 'stores', 'runtime'] },
  activities: { folders: ['protocol', 'stores', 'runtime', 'agents'] },
  workflows: {
    folders: ['protocol'],
    packages: /^@temporalio\/(workflow|common)$/,
    typesOf: ['activities', 'agents'],
  },
  worker: {
    folders: ['protocol', 'stores', 'runtime', 'activities', 'agents'],
    // For agents that act on runs (decision 117).
    except: /^gateway\/create-engine\.ts$/,
  },
  gateway: { folders: ['protocol', 'stores', 'runtime'], except: contract },
  client: { folders: ['protocol'] },
  console: { folders: ['client', 'protocol'] },
  server: { folders: ['protocol', 'runtime', 'worker', 'gateway'] },
};

/** One sentence for each import that breaks the law. */
export function brokenImports(imports: readonly Import[], law = importLaw): string[] {
  return imports.filter((found) => !allowed(found, law)).map((found) => `${found.from} imports ${found.to}`);
}

function allowed(found: Import, law: typeof importLaw): boolean {
  const folder = topFolder(found.from);
  const rule = law[folder];
  if (rule === undefined) return true;
  if (found.isPackage) {
    if (rule.packages === undefined || found.typeOnly || rule.packages.test(found.to)) return true;
    return contract.test(found.from) && found.to === 'zod';
  }
  const target = topFolder(found.to);
  return (
    target === folder ||
    // A blueprint takes what its agent takes.
    (contract.test(found.from) && contract.test(found.to)) ||
    rule.folders.includes(target) ||
    rule.except?.test(found.to) === true ||
    (found.typeOnly && rule.typesOf?.includes(target) === true)
  );
}

/**
 * What the workflow bundle would contain besides workflows and the plain half of protocol: run-time imports are
 * followed from every workflow file, contracts left out (no workflow may import one at run time).
 */
export function impureWorkflowImports(imports: readonly Import[]): string[] {
  const atRunTime = Map.groupBy(
    imports.filter((found) => !found.typeOnly),
    (found) => found.from,
  );
  const start = [...atRunTime.keys()].filter((file) => topFolder(file) === 'workflows' && !contract.test(file));
  const seen = new Set(start);
  const queue = [...start];
  const faults: string[] = [];
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    for (const found of atRunTime.get(file) ?? []) {
      const plain = found.isPackage
        ? /^@temporalio\/(workflow|common)$/.test(found.to)
        : ['workflows', 'protocol'].includes(topFolder(found.to)) && !contract.test(found.to);
      if (!plain) faults.push(`${found.from} imports ${found.to}`);
      else if (!found.isPackage && !seen.has(found.to)) {
        seen.add(found.to);
        queue.push(found.to);
      }
    }
  }
  return faults;
}

function topFolder(path: string): string {
  return path.split('/')[0] ?? '';
}
