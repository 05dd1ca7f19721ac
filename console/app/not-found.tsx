import { Link } from '@tanstack/react-router';
import { Page } from '../parts/page.tsx';

export function NotFound() {
  return (
    <Page title="Nothing is here">
      <p>This address is none of the console’s.</p>
      <p className="mt-3">
        <Link to="/runs" className="text-accent underline">
          All runs
        </Link>
      </p>
    </Page>
  );
}
