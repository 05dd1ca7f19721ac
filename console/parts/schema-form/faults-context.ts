import { createContext, useContext } from 'react';
import type { Fault } from './fault.ts';

/** Messages by the id of the field's element. */
export type ShownFaults = ReadonlyMap<string, readonly string[]>;

export const FaultsContext = createContext<ShownFaults>(new Map());

/** Between the parts of an id. */
export const separator = '/';

export function fieldId(prefix: string, path: Fault['path']): string {
  return [prefix, ...path].join(separator);
}

export const faultsId = (id: string) => `${id}!faults`;
export const hintId = (id: string) => `${id}!hint`;

export function useFaults(id: string): readonly string[] {
  return useContext(FaultsContext).get(id) ?? [];
}

/** What every control of a field says of itself. */
export function useFieldAria(id: string, { required = false }: { required?: boolean | undefined } = {}) {
  const isFaulty = useFaults(id).length > 0;
  return {
    'aria-describedby': `${hintId(id)} ${faultsId(id)}`,
    'aria-invalid': isFaulty || undefined,
    'aria-required': required || undefined,
  };
}
