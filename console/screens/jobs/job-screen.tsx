import { Page } from '../../parts/page.tsx';

export function JobScreen() {
  return <Page title="Job">{null}</Page>;
}
