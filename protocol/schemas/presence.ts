/** Who has a question open: told while it is so, kept nowhere, and no lock. */
import { z } from 'zod';

export const attendeeSchema = z
  .object({
    by: z.string().describe('principal; `anonymous` without authentication'),
    since: z.string().describe('ISO 8601'),
  })
  .meta({ id: 'Attendee' });
export type Attendee = z.infer<typeof attendeeSchema>;
