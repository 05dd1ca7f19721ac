import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { finishSignIn } from '../../app/openid.ts';
import { Fault } from '../../parts/fault.tsx';
import { Page } from '../../parts/page.tsx';
import { placeOfOurs } from './place-of-ours.ts';

/** Where the provider sends the browser with its code. */
export function SignedInScreen() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [fault, setFault] = useState<unknown>(null);
  // A code is good once.
  const isTaken = useRef(false);
  useEffect(() => {
    if (isTaken.current) return;
    isTaken.current = true;
    finishSignIn().then((back) => {
      queries.clear();
      return navigate({ to: placeOfOurs(back), replace: true });
    }, setFault);
  }, [navigate, queries]);
  if (fault === null) return <Page title="Signing in">{null}</Page>;
  return (
    <Page title="Not signed in">
      <Fault error={fault}>
        <Link to="/sign-in" search={{}} className="text-accent underline">
          Try again
        </Link>
      </Fault>
    </Page>
  );
}
