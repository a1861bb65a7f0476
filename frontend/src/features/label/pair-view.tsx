import { CompletionFrame } from './completion-frame';
import type { Answer, LabelState, Side } from './label-state';
import classes from './pair-view.module.css';
import { PromptView } from './prompt-view';
import type { DeskView } from './use-desk-view';

interface PairViewProps {
  ready: LabelState['ready'];
  last: LabelState['last'];
  view: DeskView;
}

/** Pairs that are in the page: the one on the screen, and the next one hidden, so that it only has to be painted. */
const RENDERED = 2;

/** The prompt above its two completions, which look alike in everything but their text. */
export function PairView({ ready, last, view }: PairViewProps) {
  const rendered = ready.slice(0, RENDERED);
  return (
    <div className={classes.pair}>
      <PromptView pairs={rendered} markdown={view.markdown} />
      <div className={classes.completions} data-layout={view.layout}>
        <CompletionFrame side="left" pairs={rendered} view={view} flash={flashOf(last, 'left')} />
        <CompletionFrame side="right" pairs={rendered} view={view} flash={flashOf(last, 'right')} />
      </div>
    </div>
  );
}

/** A number that changes when this side was chosen, null when it was not. */
function flashOf(last: LabelState['last'], side: Side): number | null {
  return last && last.answer !== 'undo' && isChosen(last.answer, side) ? last.count : null;
}

function isChosen(answer: Answer, side: Side): boolean {
  return answer.kind === 'tie' || (answer.kind === 'prefer' && answer.side === side);
}
