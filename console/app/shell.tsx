/** What stands around every screen: where one can go, who one is, and the theme. */
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { lasting } from './lasting.ts';
import { Button } from '../parts/button.tsx';
import { useKeys } from './keys.ts';
import { useMe } from './me.ts';
import { signOutAtProvider } from './openid.ts';
import { QuestionBadge, QuestionCounted } from './question-count.tsx';
import { settings } from './settings.ts';
import { onSignedOut } from './signed-out.ts';
import { ThemeMenu } from './theme-menu.tsx';
import { forgetToken } from './token.ts';

const places = [
  { to: '/start', label: 'Start', ops: false },
  { to: '/runs', label: 'Runs', ops: false },
  { to: '/questions', label: 'Questions', ops: false },
  { to: '/failures', label: 'Failures', ops: true },
  { to: '/jobs', label: 'Jobs', ops: true },
  { to: '/system', label: 'System', ops: true },
] as const;

export function Shell() {
  const { isOps, me } = useMe();
  useSignIn();
  const [helps, setHelps] = useState(false);
  const navigate = useNavigate();
  const keys = useMemo(() => {
    const go = (to: string) => () => void navigate({ to });
    const jumps = Object.fromEntries(keysOfPlaces.map(([key, to]) => [key, go(to)]));
    return { ...jumps, '?': () => setHelps(true), '/': () => focusSearch() };
  }, [navigate]);
  useKeys(keys);
  return (
    <QuestionCounted>
      <div className="flex min-h-dvh flex-col">
        <a
          href="#main"
          className="sr-only focus:not-sr-only focus:absolute focus:left-2 focus:top-2 focus:z-50 focus:bg-surface focus:p-2"
        >
          To the content
        </a>
        <header className="border-b border-line bg-surface">
          <div className="mx-auto flex max-w-[100rem] flex-wrap items-center gap-x-5 gap-y-1 px-4 py-2">
            <Link to="/" className="text-lg font-semibold tracking-tight">
              Baton
            </Link>
            <nav aria-label="Console" className="flex flex-wrap gap-x-1">
              {places
                .filter(({ ops }) => !ops || isOps)
                .map(({ to, label }) => (
                  <Link
                    key={to}
                    to={to}
                    className="rounded px-2.5 py-1.5 text-muted hover:bg-raised hover:text-text"
                    activeProps={{ className: 'bg-raised font-medium !text-text', 'aria-current': 'page' }}
                  >
                    {label}
                    {to === '/questions' && <QuestionBadge />}
                  </Link>
                ))}
            </nav>
            <div className="ml-auto flex items-center gap-2 text-sm text-muted">
              {me?.authenticated && (
                <>
                  <span title={me.roles.join(', ')}>{me.name}</span>
                  <Button onPress={() => void signOut()}>Sign out</Button>
                </>
              )}
              <Button onPress={() => setHelps(true)} aria-label="Keys">
                ?
              </Button>
              <ThemeMenu />
            </div>
          </div>
        </header>
        <main id="main" tabIndex={-1} className="mx-auto w-full max-w-[100rem] flex-1 px-4 py-4 outline-none">
          <Outlet />
        </main>
        {helps && (
          <Suspense>
            <HelpSheet isOpen onClose={() => setHelps(false)} />
          </Suspense>
        )}
      </div>
    </QuestionCounted>
  );
}

const HelpSheet = lazy(lasting(async () => ({ default: (await import('./help-sheet.tsx')).HelpSheet })));

const keysOfPlaces = [
  ['g s', '/start'],
  ['g r', '/runs'],
  ['g q', '/questions'],
  ['g f', '/failures'],
  ['g j', '/jobs'],
  ['g y', '/system'],
] as const;

function focusSearch(): void {
  document.querySelector<HTMLInputElement>('main input[type="search"]')?.focus();
}

/** The whole page anew: nothing of what was seen stays in memory. */
async function signOut(): Promise<void> {
  forgetToken();
  if (settings.oidc !== null) await signOutAtProvider();
  window.location.assign('/sign-in');
}

/** Whoever is not signed in (any more) signs in and comes back to the same place. */
function useSignIn(): void {
  const navigate = useNavigate();
  const { href, pathname } = useLocation();
  useEffect(
    () =>
      onSignedOut(() => {
        // While signing in one is not signed in yet.
        if (!pathname.startsWith('/sign')) void navigate({ to: '/sign-in', search: { back: href }, replace: true });
      }),
    [navigate, href, pathname],
  );
}
