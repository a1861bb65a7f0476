import { ChoiceRow, type RowChoice } from '../../components/choice-row';
import { type AspectAnswer, type Details, withAspect } from './details';
import type { KeyMap } from './key-map';
import { strokeOf } from './key-stroke';
import type { QuestionForm, Strength, Verdict } from './label-state';
import classes from './pair-questions.module.css';
import { sameAnswer, verdictChoices, verdictOfCommand } from './verdict-keys';

type Aspect = QuestionForm['aspects'][number];

interface PairQuestionsProps {
  form: QuestionForm;
  details: Details;
  keys: KeyMap;
  /** An optional rationale is only there when it was asked for, or has something in it. */
  withRationale: boolean;
  onChange: (details: Details) => void;
  /** An aspect was answered by its key: go on to the next part. */
  onAnswered: (details: Details) => void;
}

/** What the form asks about the pair as a whole, besides the verdict. */
export default function PairQuestions(props: PairQuestionsProps) {
  const { form, details, keys, withRationale, onChange, onAnswered } = props;
  const aspects = details.completions.length > 2 ? [] : form.aspects;
  const choose = (aspect: Aspect, value: string, byKey: boolean) => {
    const answer = answerOf(value);
    const old = details.aspects[aspect.key];
    const changed = withAspect(details, aspect.key, old && sameAnswer(old, answer) ? null : answer);
    onChange(changed);
    if (byKey && changed.aspects[aspect.key]) onAnswered(changed);
  };
  return (
    <section className={classes.questions} aria-label="Details">
      {aspects.map((aspect) => {
        const given = details.aspects[aspect.key];
        return (
          <div key={aspect.key} className={classes.aspect}>
            <div>
              <span className={classes.label}>{aspect.label}</span>
              {!aspect.required && <span className={classes.note}> optional</span>}
              {aspect.description && <p className={classes.description}>{aspect.description}</p>}
            </div>
            <ChoiceRow
              label={aspect.label}
              part={`aspect-${aspect.key}`}
              look="scale"
              choices={aspectChoices(aspect, form, keys)}
              chosen={given ? [aspectValue(given)] : []}
              strokeOf={strokeOf}
              onChoose={(value, byKey) => choose(aspect, value, byKey)}
            />
          </div>
        );
      })}
      {withRationale && (
        <Rationale
          form={form}
          value={details.rationale}
          onChange={(rationale) => onChange({ ...details, rationale })}
        />
      )}
    </section>
  );
}

function aspectValue(answer: AspectAnswer): string {
  return answer.kind === 'prefer' ? `${answer.side} ${answer.strength}` : answer.kind;
}

function answerOf(value: string): AspectAnswer {
  if (value === 'tie' || value === 'cannot_judge') return { kind: value };
  const [side, strength] = value.split(' ');
  return { kind: 'prefer', side: side === 'left' ? 'left' : 'right', strength: Number(strength) as Strength };
}

/** The scale of an aspect, chosen by the verdict's keys; arrows stay free to move along it. */
function aspectChoices(aspect: Aspect, form: QuestionForm, keys: KeyMap): RowChoice[] {
  const commands = [...keys].flatMap(([id, strokes]) => {
    const verdict = verdictOfCommand(id, form);
    return verdict ? [{ verdict: onScale(verdict, aspect.strengths), strokes }] : [];
  });
  const scale = verdictChoices(aspect);
  const aside = verdictChoices({ ...aspect, cannot_judge: true }).filter(({ command }) => command === 'cannot_judge');
  return [...scale, ...aside].map(({ answer, announcement }) => {
    const strokes = commands.filter(({ verdict }) => sameAnswer(verdict, answer)).flatMap((one) => one.strokes);
    return {
      value: aspectValue(answer as AspectAnswer),
      label: scaleLabel(answer as AspectAnswer, aspect.strengths),
      name: announcement,
      keys: outermostFirst(
        answer as AspectAnswer,
        strokes.filter((stroke) => !stroke.startsWith('Arrow')),
      ),
    };
  });
}

/** The first key is shown: of several that mean the outermost step the outer one, at the right as at the left. */
function outermostFirst(answer: AspectAnswer, strokes: string[]): string[] {
  return answer.kind === 'prefer' && answer.side === 'right' ? strokes.toReversed() : strokes;
}

/** On a scale with fewer steps the outer keys mean its outermost step. */
function onScale(verdict: Verdict, strengths: Strength): Verdict {
  if (verdict.kind !== 'prefer' || verdict.strength <= strengths) return verdict;
  return { ...verdict, strength: strengths };
}

function scaleLabel(answer: AspectAnswer, strengths: Strength): string {
  if (answer.kind === 'tie') return 'Tie';
  if (answer.kind === 'cannot_judge') return '?';
  if (strengths === 1) return answer.side === 'left' ? 'Left' : 'Right';
  return (answer.side === 'left' ? '‹' : '›').repeat(answer.strength);
}

interface RationaleProps {
  form: QuestionForm;
  value: string;
  onChange: (value: string) => void;
}

function Rationale({ form, value, onChange }: RationaleProps) {
  const length = [...value.trim()].length;
  const short = form.rationale_min - length;
  return (
    <div className={classes.aspect} data-wide>
      <label className={classes.label} htmlFor="rationale">
        Why{form.rationale === 'optional' && <span className={classes.note}> optional</span>}
      </label>
      <div>
        <textarea
          id="rationale"
          className={classes.text}
          data-part="rationale"
          dir="auto"
          rows={2}
          maxLength={10_000}
          value={value}
          placeholder="What decided it?"
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
        />
        {form.rationale_min > 0 && (length > 0 || form.rationale === 'required') && short > 0 && (
          <span className={classes.note}>
            {short} more {short === 1 ? 'character' : 'characters'}
          </span>
        )}
      </div>
    </div>
  );
}
