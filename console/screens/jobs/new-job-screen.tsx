import { Page } from '../../parts/page.tsx';

export function NewJobScreen() {
  return <Page title="New job">{null}</Page>;
}
