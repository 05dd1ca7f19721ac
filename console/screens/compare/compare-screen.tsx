import { Page } from '../../parts/page.tsx';

export function CompareScreen() {
  return <Page title="Compare">{null}</Page>;
}
