/** By the provider, where there is one, or by a token. A token that is not taken is told so here, beside its field. */
import { useMutation } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { BatonClientError } from '../../../client/index.ts';
import { client } from '../../app/client.ts';
import { signInAtProvider } from '../../app/openid.ts';
import { settings } from '../../app/settings.ts';
import { forgetToken, keepToken } from '../../app/token.ts';
import { Button } from '../../parts/button.tsx';
import { Fault } from '../../parts/fault.tsx';
import { Page } from '../../parts/page.tsx';
import { placeOfOurs } from './place-of-ours.ts';

export function SignInScreen() {
  const { back } = useSearch({ from: '/sign-in' });
  const provider = useMutation({ mutationFn: () => signInAtProvider(placeOfOurs(back)) });
  return (
    <Page title="Sign in">
      <div className="grid max-w-md gap-6">
        {settings.oidc !== null && (
          <section>
            <Button look="main" onPress={() => provider.mutate()} isDisabled={provider.isPending}>
              Sign in with {new URL(settings.oidc.authority).host}
            </Button>
            {provider.error && <Fault error={provider.error} />}
          </section>
        )}
        <TokenForm back={placeOfOurs(back)} />
      </div>
    </Page>
  );
}

function TokenForm({ back }: { back: string }) {
  const [token, setToken] = useState('');
  const [beyondTab, setBeyondTab] = useState(false);
  const signIn = useMutation({
    mutationFn: async () => {
      keepToken(token.trim(), { beyondTab });
      try {
        return await client.me();
      } catch (error) {
        forgetToken();
        throw error;
      }
    },
    // The whole page anew: nothing of what somebody else has seen before, and no connection of theirs, stays.
    onSuccess: () => window.location.replace(back),
  });
  const refused = signIn.error instanceof BatonClientError && signIn.error.code === 'unauthenticated';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        signIn.mutate();
      }}
    >
      <label className="block">
        <span className="mb-1 block text-sm font-medium">Token</span>
        <input
          type="password"
          autoComplete="current-password"
          className="w-full rounded border border-line bg-surface px-2 py-1.5"
          aria-invalid={refused}
          aria-describedby="token-fault"
          value={token}
          onChange={({ target }) => setToken(target.value)}
        />
      </label>
      <p id="token-fault" role="alert" className="min-h-6 text-sm text-bad">
        {refused && 'This token is not known here, or has expired.'}
      </p>
      {signIn.error && !refused && <Fault error={signIn.error} />}
      <label className="flex items-center gap-2">
        <input type="checkbox" checked={beyondTab} onChange={({ target }) => setBeyondTab(target.checked)} />
        Stay signed in on this computer
      </label>
      <Button type="submit" look="main" className="mt-3" isDisabled={token.trim() === '' || signIn.isPending}>
        Sign in
      </Button>
    </form>
  );
}
