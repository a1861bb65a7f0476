import type { ReactNode } from 'react';
import { ChoiceRow } from '../../components/choice-row';
import classes from './completion-extras.module.css';
import { type CompletionDetails, toggled } from './details';
import { strokeOf } from './key-stroke';
import type { QuestionForm } from './label-state';

interface CompletionExtrasProps {
  name: string;
  index: number;
  form: QuestionForm;
  details: CompletionDetails;
  onChange: (change: Partial<CompletionDetails>) => void;
  onHighlight: () => void;
  onEdit: () => void;
}

/** What the form asks about one completion alone. */
export default function CompletionExtras(props: CompletionExtrasProps) {
  const { name, index, form, details, onChange, onHighlight, onEdit } = props;
  return (
    <div className={classes.extras}>
      {form.reasons.length > 0 && (
        <Line name="Because">
          <ChoiceRow
            label={`${name}: reasons`}
            part={`reasons-${index}`}
            choices={numbered(form.reasons.map((reason) => ({ ...chipOf(reason), tone: reason.sign })))}
            chosen={details.reasons}
            strokeOf={strokeOf}
            onChoose={(key) => onChange({ reasons: toggled(details.reasons, key) })}
          />
        </Line>
      )}
      {form.rating > 0 && (
        <Line name="Rating">
          <ChoiceRow
            label={`${name}: rating`}
            part={`rating-${index}`}
            look="scale"
            choices={points(form.rating).map((point) => ({
              value: String(point),
              label: point,
              name: `${point} of ${form.rating}`,
              keys: [String(point % 10)],
            }))}
            chosen={details.rating === null ? [] : [String(details.rating)]}
            strokeOf={strokeOf}
            onChoose={(point) => onChange({ rating: Number(point) === details.rating ? null : Number(point) })}
          />
        </Line>
      )}
      {form.flags.length > 0 && (
        <Line name="Unsafe">
          <ChoiceRow
            label={`${name}: safety flags`}
            part={`flags-${index}`}
            choices={numbered(form.flags.map((flag) => ({ ...chipOf(flag), tone: 'warn' as const })))}
            chosen={details.flags}
            strokeOf={strokeOf}
            onChoose={(key) => onChange({ flags: toggled(details.flags, key) })}
          />
        </Line>
      )}
      {(form.highlights || form.edit) && (
        <div className={classes.tools}>
          {form.highlights && (
            <button type="button" className={classes.tool} onClick={onHighlight}>
              Mark passages{details.spans.length > 0 && ` · ${details.spans.length}`}
            </button>
          )}
          {form.edit && (
            <button type="button" className={classes.tool} onClick={onEdit}>
              Correct the text{details.edit !== null && ' · corrected'}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

interface Named {
  key: string;
  label: string;
  description: string;
}

function chipOf({ key, label, description }: Named) {
  return { value: key, label, title: description || undefined };
}

/** The first nine have a digit of their own. */
function numbered<Choice>(choices: readonly Choice[]): (Choice & { keys: string[] })[] {
  return choices.map((choice, index) => ({ ...choice, keys: index < 9 ? [String(index + 1)] : [] }));
}

function points(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.line}>
      <span className={classes.name} aria-hidden>
        {name}
      </span>
      {children}
    </div>
  );
}
