import { defineAgent } from '../../protocol/agent.ts';
import { kiFeedbackCharacters } from '../../protocol/limits.ts';
import { decisionSchema, hitlContract, type Approval } from './contract.ts';

const answerSchema = {
  type: 'object',
  properties: {
    decision: { enum: ['approve', 'reject', 'revise'] },
    feedback: { type: 'string', maxLength: kiFeedbackCharacters, description: 'what to do otherwise' },
  },
  required: ['decision'],
  additionalProperties: false,
};

/** A person's place in the roster. Nobody in time is a rejection, marked as expired. */
export const hitlAgent = defineAgent({
  contract: hitlContract,
  run: async (ctx, { architecture, timeoutSeconds }) => {
    const last = ctx.returned.at(-1);
    if (last?.kind !== 'answer') {
      const { proposed_structure = {}, reasoning = '' } = architecture ?? {};
      return {
        ask: {
          kind: 'approve_architecture',
          message: 'Shall I go on with this structure?',
          context: { proposed_structure, reasoning },
          answerSchema,
          choices: [
            { value: { decision: 'approve' }, label: 'Approve' },
            { value: { decision: 'revise' }, label: 'Revise' },
            { value: { decision: 'reject' }, label: 'Reject' },
          ],
          timeoutMs: timeoutSeconds * 1_000,
          onTimeout: { then: 'default', answer: { decision: 'reject' } },
        },
      };
    }
    const { decision, feedback = '' } = decisionSchema.parse(last.answers[0]?.answer);
    const approval: Approval = { decision, feedback, isExpired: last.expired };
    return { done: approval, update: { approval }, message: last.expired ? 'nobody answered in time' : decision };
  },
});
