import { z } from 'zod';

export const dryRunQuerySchema = z.object({
  dryRun: z.enum(['0', '1', 'true', 'false']).optional().describe('1: as `dryRun: true` in the body'),
});

export function isDryRun(query: z.output<typeof dryRunQuerySchema>, body: { dryRun?: boolean | undefined }): boolean {
  return body.dryRun === true || query.dryRun === '1' || query.dryRun === 'true';
}
