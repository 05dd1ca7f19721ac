import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useMe } from '../../app/me.ts';

/** What only the role ops may see; to others it is said so. */
export function OpsOnly({ children }: { children: ReactNode }) {
  const { me, isOps } = useMe();
  if (isOps) return children;
  if (me === undefined) return null;
  return (
    <p>
      This needs the role ops; you have {me.roles.join(', ') || 'none'}.{' '}
      <Link to="/runs" search={{}} className="text-accent underline">
        Runs
      </Link>
    </p>
  );
}
