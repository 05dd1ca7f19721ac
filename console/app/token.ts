/** The token of who has signed in: for this tab, or for this browser where that was wanted. */
const key = 'baton.token';

let token: string | null = sessionStorage.getItem(key) ?? localStorage.getItem(key);

export function currentToken(): string {
  return token ?? '';
}

export function keepToken(given: string, { beyondTab }: { beyondTab: boolean }): void {
  token = given;
  (beyondTab ? localStorage : sessionStorage).setItem(key, given);
}

export function forgetToken(): void {
  token = null;
  sessionStorage.removeItem(key);
  localStorage.removeItem(key);
}
