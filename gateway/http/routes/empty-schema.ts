import { z } from 'zod';

/** The body of a command without options: none, or `{}`. */
export const emptySchema = z.strictObject({});
