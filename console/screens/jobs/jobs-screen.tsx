import { Page } from '../../parts/page.tsx';

export function JobsScreen() {
  return <Page title="Jobs">{null}</Page>;
}
