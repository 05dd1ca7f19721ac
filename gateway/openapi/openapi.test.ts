import { describe, expect, it } from 'vitest';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { routeTable } from '../http/route-table.ts';
import { docsPage, docsPolicy } from './docs-page.ts';
import { openApi } from './openapi.ts';

const document = openApi(routeTable) as {
  paths: Record<
    string,
    Record<string, { parameters: { name: string; in: string }[]; responses: Record<string, unknown> }>
  >;
  components: { schemas: Record<string, object> };
};

describe('the OpenAPI document', () => {
  it('has every route, with an id of its own and each part of its path', () => {
    expect(routeTable.length).toBeGreaterThan(15);
    expect(new Set(routeTable.map((route) => route.name)).size).toBe(routeTable.length);
    for (const { method, path } of routeTable) {
      const inPath = document.paths[path]?.[method]?.parameters.filter((parameter) => parameter.in === 'path') ?? [];
      expect(
        inPath.map(({ name }) => name),
        path,
      ).toEqual(Array.from(path.matchAll(/\{(\w+)\}/g), (match) => match[1]));
    }
  });

  it('refers to nothing that it does not have, and its schemas are JSON Schema', () => {
    const refs = new Set(JSON.stringify(document).match(/#\/components\/schemas\/\w+/g));
    expect(refs.size).toBeGreaterThan(5);
    for (const ref of refs) expect(document.components.schemas).toHaveProperty([ref.split('/').at(-1) ?? '']);
    expect(JSON.stringify(document)).not.toContain('#/$defs/');
    const ajv = new Ajv2020({ strict: false });
    ajv.addSchema({ $id: 'baton', components: document.components });
    for (const name of Object.keys(document.components.schemas))
      expect(() => ajv.compile({ $ref: `baton#/components/schemas/${name}` }), name).not.toThrow();
  });

  it('names the errors of each address by code', () => {
    const start = JSON.stringify(document.paths['/v1/runs']?.['post']?.responses);
    for (const code of ['run_exists', 'invalid_input', 'body_too_large', 'rate_limited', 'temporal_down'])
      expect(start).toContain(code);
    expect(document.paths['/healthz']?.['get']?.responses).not.toHaveProperty('401');
  });
});

describe('the page of the document', () => {
  it('loads nothing from elsewhere, and holds the document safely', () => {
    const page = docsPage(JSON.stringify({ title: '</script><script>alert(1)</script>' }));
    expect(page).not.toMatch(/(?:src|href)=/);
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    expect(docsPolicy).toMatch(/script-src 'sha256-[\w+/=]{44}'/);
  });
});
