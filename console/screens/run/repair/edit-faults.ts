/** What the gateway finds wrong with edits, by the part of the form that it is about. Pure. */
import { BatonClientError } from '../../../../client/index.ts';
import { serverFaults, type Fault } from '../../../parts/schema-form/fault.ts';

export interface EditFaults {
  input: readonly Fault[];
  context: readonly Fault[];
  results: readonly Fault[];
  /** By question. */
  answers: Readonly<Record<string, readonly Fault[]>>;
  /** Whether any of them has a place. */
  isPlaced: boolean;
}

const none: readonly Fault[] = [];
export const noEditFaults: EditFaults = { input: none, context: none, results: none, answers: {}, isPlaced: false };

export function editFaults(error: unknown, questions: readonly string[]): EditFaults {
  if (!(error instanceof BatonClientError)) return noEditFaults;
  const { details, message } = error;
  const at = (part: string): readonly Fault[] => {
    const found = serverFaults(details, `edits.${part}`);
    // A fault that stands alone is said in the message.
    return Array.isArray(details['faults']) ? found : found.map(({ path }) => ({ path, message: `: ${message}` }));
  };
  const [input, context, results] = [at('input'), at('context'), at('results')];
  const ofQuestions = questions.map((id): [string, readonly Fault[]] => [id, at(`answers.${id}`)]);
  const answers = Object.fromEntries(ofQuestions.filter(([, found]) => found.length > 0));
  const isPlaced = input.length + context.length + results.length + Object.keys(answers).length > 0;
  return isPlaced ? { input, context, results, answers, isPlaced } : noEditFaults;
}
