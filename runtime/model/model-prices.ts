/** Prices of models, as MODEL_PRICES has them: JSON, model → price of a million tokens. */
import { z } from 'zod';

const pricesSchema = z.record(
  z.string().min(1),
  z.strictObject({ input: z.number().nonnegative(), output: z.number().nonnegative() }),
);
export type ModelPrices = z.infer<typeof pricesSchema>;

/** Throws an error that says what is wrong. */
export function parseModelPrices(text: string): ModelPrices {
  const parsed = pricesSchema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}
