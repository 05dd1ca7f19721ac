/** The rules and the dashboard that are delivered name nothing that the product does not export. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../../gateway/metrics/metrics.ts';
import { anonymous, startBaton, type TestBaton } from '../harness/baton.ts';
import { until } from '../harness/until.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const deploy = join(import.meta.dirname, '..', '..', 'deploy');

interface Alert {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; remedy: string };
}
const { groups } = parse(readFileSync(join(deploy, 'prometheus', 'alerts.yml'), 'utf8')) as {
  groups: { name: string; rules: Alert[] }[];
};
const alerts = groups.flatMap(({ rules }) => rules);
const dashboard = JSON.parse(readFileSync(join(deploy, 'grafana', 'baton.json'), 'utf8')) as {
  panels: { id: number; title: string; targets: { expr: string }[] }[];
};
const expressions = [
  ...alerts.map(({ alert, expr }) => [alert, expr] as const),
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
];

/** Prometheus' own, of each target. */
const ofPrometheus = ['up'];
const words = /^(and|or|unless|by|without|on|ignoring|le|status|queue|transport|route|code|op|blueprint|instance|job)$/;

/** Names in an expression that are no function, keyword, label or string. */
function metricsIn(expr: string): string[] {
  const bare = expr
    .replace(/\{[^}]*\}/g, '')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\b(?:by|without) \([^)]*\)/g, '');
  const names = bare.match(/[a-z_][a-z0-9_]*\b(?!\s*\()/g) ?? [];
  return [...new Set(names.filter((name) => !words.test(name)))];
}

async function exportedBy({ registry }: ReturnType<typeof createMetrics>): Promise<Map<string, string>> {
  const all = (await registry.getMetricsAsJSON()) as { name: string; type: unknown }[];
  return new Map(
    all.flatMap(({ name, type }) =>
      String(type) === 'histogram'
        ? ['_bucket', '_sum', '_count'].map((end) => [`${name}${end}`, name] as const)
        : [[name, name] as const],
    ),
  );
}

test('there are rules and panels, each complete', () => {
  expect(alerts.length).toBeGreaterThan(8);
  expect(dashboard.panels.length).toBeGreaterThan(10);
  expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  for (const { alert, labels, annotations } of alerts) {
    expect(alert).toMatch(/^Baton[A-Z]\w+$/);
    expect(['page', 'ticket']).toContain(labels.severity);
    expect(annotations.summary && annotations.remedy, alert).toBeTruthy();
  }
});

test.each(expressions)('%s names only metrics that are exported', async (_title, expr) => {
  const exported = await exportedBy(createMetrics());
  const named = metricsIn(expr);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !exported.has(name) && !ofPrometheus.includes(name))).toEqual([]);
  for (const [open, close] of ['()', '{}', '[]'])
    expect(expr.split(open ?? '').length, expr).toBe(expr.split(close ?? '').length);
});

test('a metric that nobody exports is found', () => {
  expect(metricsIn('sum by (le) (rate(baton_no_such_bucket{a="b"}[5m])) > 1 and max(up) == 0')).toEqual([
    'baton_no_such_bucket',
    'up',
  ]);
});

let baton: TestBaton;
beforeAll(async () => {
  baton = await startBaton();
});
afterAll(() => baton.stop());

test('a scrape counts open runs and ends, and sees the workers of the task queue', async () => {
  const { engine, metrics, config } = baton;
  const steps = [{ script: [{ do: 'ask' }] }];
  await engine.runs.start({ blueprint: 'script', input: { steps } }, anonymous);
  const failing = [{ script: [{ do: 'fail', attempts: 9, code: 'agent_failed' }] }];
  await engine.runs.start({ blueprint: 'script', input: { steps: failing } }, anonymous);
  const queue = config.BATON_TASK_QUEUE;
  const text = await until(
    'the scrape has them',
    async () => {
      const said = await metrics.registry.metrics();
      const fits = [
        /^baton_open_runs\{status="waiting"\} [1-9]/m,
        /^baton_runs_ended_5m\{status="failed"\} [1-9]/m,
        /^baton_temporal_up 1$/m,
        new RegExp(`^baton_task_queue_workers\\{queue="${queue}"\\} 1$`, 'm'),
      ];
      return fits.every((pattern) => pattern.test(said)) ? said : null;
    },
    40_000,
  );
  expect(text).toMatch(/^baton_open_runs\{status="stuck"\} \d+$/m);
  // Those of other tests, on the same Temporal server, may fail.
  expect(text).toMatch(/^baton_webhooks_failing \d+$/m);
});
