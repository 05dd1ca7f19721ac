import { Link } from '@tanstack/react-router';
import type { BlueprintView } from '../../../client/index.ts';

export function BlueprintCard({ blueprint, whyNot }: { blueprint: BlueprintView; whyNot: string | null }) {
  const { name, description, available, reason } = blueprint;
  return (
    <li className="relative flex flex-col rounded border border-line bg-surface p-4 focus-within:border-accent hover:border-accent">
      <h2 className="font-semibold">
        {available && whyNot === null ? (
          <Link
            to="/start/$blueprint"
            params={{ blueprint: name }}
            search={{}}
            className="text-accent underline after:absolute after:inset-0"
          >
            {name}
          </Link>
        ) : (
          name
        )}
      </h2>
      <p className="mt-1 text-muted">{description}</p>
      {!available && (
        <p className="mt-2 text-warn">
          <span className="font-medium">Not available:</span> {reason ?? 'its configuration is not complete'}
        </p>
      )}
    </li>
  );
}
