/** Who asks. */
import { z } from 'zod';

export const meSchema = z
  .object({
    name: z.string().describe('`anonymous` where authentication is off'),
    roles: z.array(z.string()).describe('client, human, ops, and what else the token names'),
    authenticated: z.boolean(),
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof meSchema>;
