import { completionName } from './completion-names';
import type { Details } from './details';
import classes from './history-page.module.css';
import type { QuestionForm } from './label-state';
import { answerText } from './verdict-keys';

interface DetailsTextProps {
  details: Details;
  form: QuestionForm | undefined;
}

/** What was given beside the verdict, in words; nothing where nothing was. */
export function DetailsText({ details, form }: DetailsTextProps) {
  const lines = [...aspectLines(details, form), ...completionLines(details, form)];
  if (details.rationale) lines.push(['Why', details.rationale]);
  if (lines.length === 0) return null;
  return (
    <dl className={classes.givenDetails}>
      {lines.map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd dir="auto">{text}</dd>
        </div>
      ))}
    </dl>
  );
}

type Line = [name: string, text: string];

function aspectLines(details: Details, form: QuestionForm | undefined): Line[] {
  return Object.entries(details.aspects).map(([key, given]) => {
    const aspect = form?.aspects.find((one) => one.key === key);
    return [aspect?.label ?? key, answerText(given, aspect?.strengths)];
  });
}

function completionLines(details: Details, form: QuestionForm | undefined): Line[] {
  const labels = new Map([...(form?.reasons ?? []), ...(form?.flags ?? [])].map(({ key, label }) => [key, label]));
  const words = (keys: readonly string[]) => keys.map((key) => labels.get(key) ?? key).join(', ');
  return details.completions.flatMap(({ reasons, flags, rating, spans, edit }, index): Line[] => {
    const said = [
      reasons.length > 0 && words(reasons),
      flags.length > 0 && `unsafe: ${words(flags)}`,
      rating !== null && `rated ${rating}${form?.rating ? ` of ${form.rating}` : ''}`,
      ...spans.filter(({ reason }) => reason).map(({ sign, reason }) => `a ${sign} passage: ${reason}`),
      edit !== null && `corrected to “${edit}”`,
    ].filter((part) => part !== false);
    return said.length > 0 ? [[completionName(index, details.completions.length), said.join('; ')]] : [];
  });
}
