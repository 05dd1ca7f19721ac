import { BatonError } from '../../protocol/errors.ts';
import { faultsShown } from '../../protocol/limits.ts';
import type { RunContext } from './run-context.ts';

/**
 * The input as the blueprint's schema reads it. `at` is where it stands in the request.
 * Errors: blueprint_not_found, blueprint_unavailable, invalid_input.
 */
export function parseInput(
  { contracts, config }: Pick<RunContext, 'contracts' | 'config'>,
  blueprint: string,
  input: unknown,
  at = 'input',
): unknown {
  const contract = contracts.get(blueprint);
  if (!contract) {
    const known = [...contracts.keys()].join(', ');
    throw new BatonError('blueprint_not_found', `there is no blueprint ${blueprint}; there are: ${known}`, {
      field: 'blueprint',
    });
  }
  const reason = contract.unavailable?.(config.environment) ?? null;
  if (reason !== null)
    throw new BatonError('blueprint_unavailable', `${blueprint} cannot be started: ${reason}`, { field: 'blueprint' });
  const parsed = contract.input.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = [at, ...(issue?.path ?? [])].join('.');
  throw new BatonError('invalid_input', `${field}: ${issue?.message ?? 'does not fit the schema'}`, {
    field,
    faults: parsed.error.issues
      .slice(0, faultsShown)
      .map(({ path, message }) => ({ field: [at, ...path].join('.'), message })),
  });
}
