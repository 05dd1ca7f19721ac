import { defineAgent } from '../../../../protocol/agent.ts';
import { even, odd, type TurnInput } from './contract.ts';

const run = async () => ({ done: { done: true } });

/** Two agents that do nothing: with them in turn, the run's search attributes change with each step. */
export const agents = [even, odd].map((contract) => defineAgent<TurnInput, { done: boolean }>({ contract, run }));
