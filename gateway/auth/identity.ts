import type { Principal } from '../../protocol/execution.ts';

/** Whom a token stands for, and how long. */
export interface Identity {
  principal: Principal;
  /** When the token stops being valid; null: never. */
  expiresAtMs: number | null;
}

export const allRoles = ['client', 'human', 'ops'];
