import type { BlueprintView } from '../../../client/index.ts';

/** Those that can be started come first, each part by name; what only operators may start stands apart. Pure. */
export function sortBlueprints(blueprints: readonly BlueprintView[]): {
  forAll: BlueprintView[];
  forOps: BlueprintView[];
} {
  const sorted = blueprints.toSorted(
    (a, b) => Number(b.available) - Number(a.available) || a.name.localeCompare(b.name, 'en'),
  );
  return {
    forAll: sorted.filter(({ role }) => role !== 'ops'),
    forOps: sorted.filter(({ role }) => role === 'ops'),
  };
}
