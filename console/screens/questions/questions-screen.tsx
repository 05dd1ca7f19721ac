import { Page } from '../../parts/page.tsx';

export function QuestionsScreen() {
  return <Page title="Questions">{null}</Page>;
}
