/** What tokens cost, where prices are configured. Pure. */
import type { ModelPrices } from '../../runtime/model/model-prices.ts';
import type { Usage } from './step-record.ts';

export type Prices = ModelPrices;

/** null where the model has no price. Tokens that were not used cost nothing, whatever the model. */
export function costOf({ inputTokens, outputTokens }: Usage, model: string | null, prices: Prices): number | null {
  if (Object.keys(prices).length === 0) return null;
  if (inputTokens + outputTokens === 0) return 0;
  const price = model === null ? undefined : priceOf(model, prices);
  if (!price) return null;
  return (inputTokens * price.input + outputTokens * price.output) / 1_000_000;
}

/** null as soon as one has no price: half a sum would be read as the whole. */
export function sumCosts(costs: readonly (number | null)[]): number | null {
  return costs.reduce<number | null>((sum, cost) => (sum === null || cost === null ? null : sum + cost), 0);
}

/** Events name a model with its provider in front: `openai/gpt-5`. */
function priceOf(model: string, prices: Prices) {
  const bare = model.slice(model.indexOf('/') + 1);
  const name = [model, bare].find((each) => Object.hasOwn(prices, each));
  return name === undefined ? undefined : prices[name];
}
