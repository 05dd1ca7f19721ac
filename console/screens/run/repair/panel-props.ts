import type { RunView } from '../../../../client/index.ts';
import type { TimelineSnapshot } from '../../../live/timeline-store.ts';
import type { ActName } from './acts.ts';

/** What each form of an act is given. */
export interface ActFormProps {
  act: ActName;
  state: RunView;
  timeline: TimelineSnapshot;
  /** Why it may not be done as the run stands now; null: it may. */
  whyNot: string | null;
  /** What has been done, in a sentence: the form closes. */
  onDone: (text: string) => void;
}
