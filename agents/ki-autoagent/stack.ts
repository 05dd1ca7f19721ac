/** In which language to write, from what a workspace uses already. Pure. */

export type Stack = 'typescript' | 'javascript' | 'python' | 'go' | 'rust';

const signs: readonly (readonly [Stack, RegExp])[] = [
  ['typescript', /^(typescript|ts-node|tsx|@types\/.+)$/],
  ['go', /^[\w-]+(\.[\w-]+)+\/.+/],
  ['rust', /^(serde(_json)?|tokio|axum|actix-web|clap|anyhow|thiserror|reqwest|rand|tracing)$/],
  [
    'python',
    /^(django|flask|fastapi|pydantic|sqlalchemy|numpy|pandas|requests|httpx|pytest|celery|torch|uvicorn|gunicorn|scipy)$/,
  ],
  ['javascript', /^(?!docker$)/],
];

/** With nothing in use yet: TypeScript. */
export function stackOf(technologies: readonly string[]): Stack {
  const names = technologies.map((name) => name.toLowerCase());
  return signs.find(([, sign]) => names.some((name) => sign.test(name)))?.[0] ?? 'typescript';
}

export const extensionOf: Readonly<Record<Stack, string>> = {
  typescript: 'ts',
  javascript: 'js',
  python: 'py',
  go: 'go',
  rust: 'rs',
};
