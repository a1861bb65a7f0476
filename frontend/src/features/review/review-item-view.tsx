import { useReducer, useRef } from 'react';
import { PageSection } from '../../components/page-section';
import { ProblemAlert } from '../../components/problem-alert';
import type { QuestionForm, ReviewItem } from '../../lib/api-types';
import { DecisionForm } from './decision-form';
import {
  commandOfKey,
  type Decision,
  decisionBody,
  decisionProblem,
  decisionReducer,
  emptyDecision,
  type ReviewCommand,
} from './review-decision';
import classes from './review-room.module.css';
import { ReviewTexts } from './review-texts';
import { useReviewKeys } from './use-review-keys';
import { VerdictList } from './verdict-list';

interface ReviewItemViewProps {
  item: ReviewItem;
  form: QuestionForm;
  isSaving: boolean;
  error: unknown;
  onSave: (body: ReturnType<typeof decisionBody>) => void;
  /** Commands that are about the room and not about this item. */
  onCommand: (command: Exclude<ReviewCommand['name'], 'decide' | 'save' | 'note'>) => void;
}

/** One comparison to settle: why it is here, its texts, its verdicts and the decision. */
export function ReviewItemView({ item, form, isSaving, error, onSave, onCommand }: ReviewItemViewProps) {
  const [decision, dispatch] = useReducer(decisionReducer, item, emptyDecision);
  const noteRef = useRef<HTMLTextAreaElement>(null);
  const save = (made: Decision) => {
    if (item.can_settle && !isSaving && decisionProblem(made) === null) onSave(decisionBody(made));
  };
  useReviewKeys((key) => {
    const command = commandOfKey(key, item);
    if (!command) return false;
    if (command.name === 'decide') {
      if (item.can_settle) dispatch(command.action);
    } else if (command.name === 'save') save(decision);
    else if (command.name === 'note') noteRef.current?.focus();
    else onCommand(command.name);
    return true;
  });
  return (
    <div className={classes.columns}>
      <PageSection title={`Comparison ${item.comparison_id}`} description={item.why}>
        <ReviewTexts item={item} />
      </PageSection>
      <div>
        <PageSection title="Verdicts">
          <VerdictList
            item={item}
            form={form}
            mistaken={decision.outcome === 'mistake' ? decision.mistaken : []}
            disabled={!item.can_settle}
            onToggle={(preferenceId) => dispatch({ type: 'mistaken', preferenceId })}
          />
        </PageSection>
        <PageSection title="Decision">
          <DecisionForm
            item={item}
            decision={decision}
            noteRef={noteRef}
            isSaving={isSaving}
            dispatch={dispatch}
            onSave={() => save(decision)}
          />
          <ProblemAlert error={error} title="The decision was not saved" />
        </PageSection>
      </div>
    </div>
  );
}
