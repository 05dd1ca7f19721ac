import { Page } from '../../parts/page.tsx';

export function FailuresScreen() {
  return <Page title="Failures">{null}</Page>;
}
