/** The OpenAPI 3.1 document, made from the route table and the zod schemas that check what comes in. */
import { z } from 'zod';
import { errorTable, type ErrorCode } from '../../protocol/errors.ts';
import { problemSchema } from '../../protocol/schemas/commands.ts';
import { paramNames } from '../http/path-template.ts';
import type { Answer, Route } from '../http/route.ts';

type JsonObject = Record<string, unknown>;

/** What every address may answer besides its own errors. */
const commonErrors: readonly ErrorCode[] = ['internal', 'temporal_down', 'shutting_down'];
const tokenErrors: readonly ErrorCode[] = ['unauthenticated', 'rate_limited'];
const bodyErrors: readonly ErrorCode[] = [
  'invalid_json',
  'invalid_request',
  'body_too_large',
  'unsupported_media_type',
];

export function openApi(routes: readonly Route[]): JsonObject {
  const schemas: JsonObject = {};
  const paths: Record<string, JsonObject> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operation(route, schemas);
  toJsonSchema(problemSchema, 'output', schemas);
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'Baton',
      version: '1',
      description: 'Durable runs of AI agents. Ordering, cursors, WebSocket frames: docs/protocol.md.',
    },
    security: [{ bearer: [] }, { query: [] }],
    paths,
    'x-errors': errorTable,
    components: {
      schemas,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'a static token or a JWT' },
        query: { type: 'apiKey', in: 'query', name: 'token', description: 'for WebSocket and EventSource in browsers' },
      },
    },
  };
}

function operation(route: Route, schemas: JsonObject): JsonObject {
  const { name, summary, access, body, answers } = route;
  return {
    operationId: name,
    summary: access === 'ops' ? `${summary} (role ops)` : summary,
    ...(access === 'open' ? { security: [] } : {}),
    parameters: parametersOf(route, schemas),
    ...(body
      ? {
          requestBody: {
            required: !body.safeParse({}).success,
            content: { 'application/json': { schema: toJsonSchema(body, 'input', schemas) } },
          },
        }
      : {}),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, response(answer, schemas)])),
      ...problems(route),
    },
  };
}

function parametersOf({ path, query, headers }: Route, schemas: JsonObject): JsonObject[] {
  const inPath = paramNames(path).map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const asked = query ? toJsonSchema(query, 'output', schemas) : {};
  const properties = (asked['properties'] ?? {}) as Record<string, JsonObject>;
  const withoutDefault = new Set(
    ((asked['required'] ?? []) as string[]).filter((key) => !('default' in (properties[key] ?? {}))),
  );
  const inQuery = Object.entries(properties).map(([key, schema]) => ({
    name: key,
    in: 'query',
    required: withoutDefault.has(key),
    schema,
  }));
  const inHeader = Object.entries(headers ?? {}).map(([key, description]) => ({
    name: key,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  }));
  return [...inPath, ...inQuery, ...inHeader];
}

function response({ description, schema, type }: Answer, schemas: JsonObject): JsonObject {
  if (schema)
    return { description, content: { 'application/json': { schema: toJsonSchema(schema, 'output', schemas) } } };
  return type === undefined ? { description } : { description, content: { [type]: { schema: { type: 'string' } } } };
}

/** Errors that share a status share a response, which names the codes. */
function problems({ access, body, query, errors }: Route): JsonObject {
  const codes = new Set<ErrorCode>([
    ...errors,
    ...commonErrors,
    ...(access === 'open' ? [] : tokenErrors),
    ...(access === 'ops' ? (['forbidden'] as const) : []),
    ...(body ? bodyErrors : []),
    ...(query ? (['invalid_request'] as const) : []),
  ]);
  const byStatus = Map.groupBy(codes, (code) => errorTable[code].status);
  return Object.fromEntries(
    Array.from(byStatus, ([status, sharing]) => [
      status,
      {
        description: sharing.map((code) => `\`${code}\`: ${errorTable[code].title}`).join('; '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

/** Schemas with an id go to the components, where they are shared. */
function toJsonSchema(schema: z.ZodType, io: 'input' | 'output', schemas: JsonObject): JsonObject {
  const {
    $schema: _dialect,
    $defs,
    ...rest
  } = rewriteRefs(z.toJSONSchema(schema, { io })) as JsonObject & { $defs?: JsonObject };
  Object.assign(schemas, $defs);
  return rest;
}

function rewriteRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewriteRefs);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      key === '$ref' && typeof entry === 'string'
        ? entry.replace('#/$defs/', '#/components/schemas/')
        : rewriteRefs(entry),
    ]),
  );
}
