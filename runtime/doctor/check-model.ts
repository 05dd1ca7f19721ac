/** Whether the configured model answers: one word, so that it costs next to nothing. */
import { doctorModelMs } from '../../protocol/limits.ts';
import type { Finding } from '../../protocol/schemas/findings.ts';
import type { Config } from '../config.ts';
import { openModel } from '../model/open-model.ts';
import { fault, ok, said } from './check.ts';

const check = 'model';

export async function checkModel(config: Config): Promise<Finding> {
  const model = openModel(config);
  if (model === null) return ok(check, 'none is configured: blueprints that need one are unavailable');
  const begunMs = Date.now();
  try {
    const request = { system: 'Answer with one word.', prompt: 'Say yes.', signal: AbortSignal.timeout(doctorModelMs) };
    await model.text(request);
    return ok(check, `${model.name} answers, in ${Date.now() - begunMs} ms`);
  } catch (error) {
    const remedy = 'see MODEL_BASE_URL, MODEL_API_KEY and MODEL_NAME, and whether this machine reaches the provider';
    return fault(check, `${model.name} does not answer: ${said(error)}`, remedy);
  }
}
