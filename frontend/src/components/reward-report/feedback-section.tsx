import { capitalised } from '../../lib/capitalised';
import { FactList } from '../fact-list';

/** How much of each kind of feedback was trained on. */
export function FeedbackSection({ feedback }: { feedback: Readonly<Record<string, number>> }) {
  return (
    <FactList
      facts={Object.entries(feedback).map(([kind, count]) => ({
        label: capitalised(kind.replaceAll('_', ' ')),
        value: count.toLocaleString('en'),
      }))}
    />
  );
}
