import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { keepToken } from '../../app/token.ts';
import { Button } from '../../parts/button.tsx';
import { Page } from '../../parts/page.tsx';

export function SignInScreen() {
  const { back = '/' } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [token, setToken] = useState('');
  return (
    <Page title="Sign in">
      <form
        className="max-w-md"
        onSubmit={(event) => {
          event.preventDefault();
          keepToken(token.trim(), { beyondTab: false });
          queries.clear();
          // Only places of the console's own.
          void navigate({ to: back.startsWith('/') && !back.startsWith('//') ? back : '/', replace: true });
        }}
      >
        <label className="block">
          <span className="mb-1 block text-sm font-medium">Token</span>
          <input
            type="password"
            autoComplete="current-password"
            className="w-full rounded border border-line bg-surface px-2 py-1.5"
            value={token}
            onChange={({ target }) => setToken(target.value)}
          />
        </label>
        <Button type="submit" look="main" className="mt-3" isDisabled={token.trim() === ''}>
          Sign in
        </Button>
      </form>
    </Page>
  );
}
