import { analysisInputSchema } from '../../agents/scam-analysis/contract.ts';
import { defineContract } from '../../protocol/blueprint.ts';

export const contract = defineContract({
  name: 'scam-analysis',
  description:
    'Checks a suspicious message: finds phone numbers, web and mail addresses, looks each up with several tools, scores the risk',
  input: analysisInputSchema,
  agents: ['scam-analyst'],
  example: {
    text: 'Final notice: your parcel is held. Pay the processing fee at http://parcel-redelivery-fee.example/',
  },
});
