import { parseArgs } from 'node:util';
import { stepOverhead } from './items/step-overhead.ts';
import { upserts } from './items/upserts.ts';
import { openStage } from './stage.ts';

const { values } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean' } } });
const stage = await openStage({ quick: values.quick === true });
const items = { 'step-overhead': stepOverhead, upserts };
try {
  for (const [name, item] of Object.entries(items)) if (!values.only || values.only === name)
  for (const f of await item(stage)) console.log(f.what.padEnd(80), f.value.toFixed(2), f.unit);
} finally {
  await stage.close();
}
