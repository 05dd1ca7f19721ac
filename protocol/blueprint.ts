/** What outsiders may know of a blueprint: its contract.ts. The workflow side is in workflows/supervisor/blueprint.ts. */
import type { z } from 'zod';

export interface BlueprintContract<Input = unknown> {
  /** kebab-case; it is the Temporal workflow type. */
  name: string;
  description: string;
  input: z.ZodType<Input>;
  example: Input;
  /** Of the context that agents and decisions build up. With it an edited context is checked before a reset or a fork. */
  context?: z.ZodType;
  /** The agents of its roster, as the workflow side has them. With it a reset knows which steps there are today. */
  agents?: readonly string[];
  /** What lists find its runs by, as `attr.NAME`; at most 20, values of 200 characters. Never encrypted. */
  searchable?: (input: Input) => Readonly<Record<string, string | number | boolean>>;
  /** Who may start it. Default: whoever may start runs. */
  role?: 'ops';
  /** Why it cannot be started with this configuration (no model, for instance); null when it can. */
  unavailable?: (environment: Readonly<Record<string, string | undefined>>) => string | null;
}

/** For `unavailable`, where the blueprint is nothing without a model. */
export function needsModel(environment: Readonly<Record<string, string | undefined>>): string | null {
  return environment['MODEL_PROVIDER'] ? null : 'it needs a language model: set MODEL_PROVIDER and MODEL_NAME';
}

export function defineContract<Input>(contract: BlueprintContract<Input>): BlueprintContract<Input> {
  return contract;
}
