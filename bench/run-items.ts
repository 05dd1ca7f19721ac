import type { Figure } from './figure.ts';
import { items } from './items.ts';
import { openStage } from './stage.ts';

/** Sets the stage, plays the items one after another, clears it away. Rejects with what an item failed with. */
export async function runItems(
  names: readonly string[],
  { quick, onItem }: { quick: boolean; onItem: (name: string) => void },
): Promise<Figure[]> {
  const stage = await openStage({ quick });
  try {
    const figures: Figure[] = [];
    for (const name of names) {
      onItem(name);
      figures.push(...((await items[name]?.(stage)) ?? []));
    }
    return figures;
  } finally {
    await stage.close();
  }
}
