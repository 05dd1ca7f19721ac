/** The token of a request: the Bearer header, else `?token=`, which browsers' WebSockets and EventSources need. */
export function bearerToken(authorization: string, search: string): string | null {
  const [, token] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
  if (token !== undefined) return token;
  return search.includes('token=') ? new URLSearchParams(search).get('token') : null;
}
