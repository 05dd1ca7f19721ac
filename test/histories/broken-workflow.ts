/** What a careless change looks like: `script` ends at once, so that no recorded history of it fits. */
import { defineBlueprint } from '../../workflows/supervisor/define-blueprint.ts';
import { dispatch } from '../../workflows/supervisor/dispatch.ts';

export default dispatch([
  defineBlueprint({ name: 'script', agents: {}, policy: () => ({ goto: 'end', reason: 'changed', result: null }) }),
]);
