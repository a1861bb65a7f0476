import { Checkbox, Kbd, Text } from '@mantine/core';
import { RelativeTime } from '../../components/relative-time';
import type { QuestionForm, ReviewItem, ReviewVerdict } from '../../lib/api-types';
import { entryLabel } from '../../lib/form-words';
import { percentText } from '../../lib/number-text';
import { verdictWords } from '../../lib/verdict-words';
import { VERDICT_KEYS } from './review-decision';
import classes from './review-room.module.css';

interface VerdictListProps {
  item: ReviewItem;
  form: QuestionForm;
  mistaken: readonly number[];
  disabled: boolean;
  onToggle: (preferenceId: number) => void;
}

/** Who said what, without names; each verdict can be marked as the mistaken one. */
export function VerdictList({ item, form, mistaken, disabled, onToggle }: VerdictListProps) {
  return (
    <ul className={classes.verdicts} aria-label="Verdicts">
      {item.verdicts.map((verdict, index) => (
        <li key={verdict.preference_id} className={classes.verdict}>
          <div className={classes.said}>
            <Text span fw={600}>
              {verdict.labeler}: {verdictWords(verdict)}
            </Text>
            <Text span size="sm" c="dimmed">
              <RelativeTime at={verdict.created_at} />
            </Text>
          </div>
          <Details verdict={verdict} form={form} />
          <Checkbox
            size="sm"
            label={
              <>
                {verdict.labeler} is mistaken {VERDICT_KEYS[index] && <Kbd size="xs">{VERDICT_KEYS[index]}</Kbd>}
              </>
            }
            checked={mistaken.includes(verdict.preference_id)}
            disabled={disabled}
            onChange={() => onToggle(verdict.preference_id)}
          />
        </li>
      ))}
    </ul>
  );
}

function Details({ verdict, form }: { verdict: ReviewVerdict; form: QuestionForm }) {
  const aspects = Object.entries(verdict.aspects).map(
    ([key, aspect]) => `${entryLabel(form.aspects, key)}: ${verdictWords(aspect)}`,
  );
  const flags = Object.entries(verdict.flags).flatMap(([slot, keys]) =>
    keys.map((key) => `${slot.toUpperCase()} flagged: ${entryLabel(form.flags, key)}`),
  );
  return (
    <>
      {verdict.rationale && (
        <p className={classes.text} dir="auto">
          {verdict.rationale}
        </p>
      )}
      {[...aspects, ...flags].length > 0 && (
        <Text size="sm" c="dimmed">
          {[...aspects, ...flags].join(' · ')}
        </Text>
      )}
      <Text size="sm" c="dimmed">
        {verdict.model_probability === null
          ? 'The reward model has not seen it.'
          : `The reward model gives this verdict ${percentText(verdict.model_probability)}.`}
        {verdict.left_out === 'excluded' && ' It is excluded already.'}
      </Text>
    </>
  );
}
