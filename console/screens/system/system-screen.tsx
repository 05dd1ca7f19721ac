import { Page } from '../../parts/page.tsx';

export function SystemScreen() {
  return <Page title="System">{null}</Page>;
}
