import type { RunView } from '../../../protocol/schemas/state.ts';
import { json, type Reply } from '../reply.ts';

export function created(view: RunView, isNew: boolean): Reply {
  return json(isNew ? 201 : 200, view, { location: `/v1/runs/${encodeURIComponent(view.id)}` });
}
