import type { QuestionForm } from '../../lib/api-types';
import { pointWords } from '../../lib/scale-words';
import classes from './form-preview.module.css';

const SAMPLES = [
  'Bring it to a boil, then let it rest for ten minutes.',
  'Just heat it up!',
  'That depends on the pot and on how much water is in it.',
  'Boil it, rest it, stir it, taste it.',
  'I would not cook that.',
  'Ten minutes.',
];

/** What a labeler is shown by a form, as a drawing: nothing here can be answered. */
export function FormPreview({ form }: { form: QuestionForm }) {
  const count = form.mode === 'ranking' ? form.ranked : 2;
  return (
    <figure className={classes.preview} aria-label="What a labeler sees">
      <p className={classes.prompt}>How long does rice take?</p>
      <div className={classes.sides}>
        {SAMPLES.slice(0, count).map((text, index) => (
          <Completion key={text} form={form} text={text} index={index} />
        ))}
      </div>
      {form.mode === 'pair' && <Points label="Overall" scale={form} />}
      <Chips words={kindWords(form)} />
      {form.mode === 'pair' &&
        form.aspects.map((aspect) => (
          <Points
            key={aspect.key}
            label={`${aspect.label || 'Aspect'}${aspect.required ? '' : ' (optional)'}`}
            help={aspect.description}
            scale={aspect}
          />
        ))}
      {form.rationale !== 'off' && <p className={classes.text}>{rationaleWords(form)}</p>}
    </figure>
  );
}

function Completion({ form, text, index }: { form: QuestionForm; text: string; index: number }) {
  const isRanking = form.mode === 'ranking';
  return (
    <div className={classes.side}>
      <p className={classes.head}>{isRanking ? `Rank ${index + 1}` : index === 0 ? 'Left' : 'Right'}</p>
      <p className={classes.words}>
        {form.highlights && index === 0 ? (
          <>
            <mark className={classes.mark}>{text.split(',')[0]}</mark>
            {text.slice((text.split(',')[0] ?? '').length)}
          </>
        ) : (
          text
        )}
      </p>
      <Chips words={form.reasons.map(({ sign, label }) => `${sign === 'good' ? '+' : '−'} ${label || 'reason'}`)} />
      <Chips words={form.flags.map(({ label }) => `⚑ ${label || 'flag'}`)} />
      {form.rating > 0 && <Chips words={Array.from({ length: form.rating }, (_, point) => String(point + 1))} />}
      {form.edit && <Chips words={['✎ Correct']} />}
    </div>
  );
}

interface PointsProps {
  label: string;
  help?: string;
  scale: { strengths: number; tie: boolean };
}

function Points({ label, help, scale }: PointsProps) {
  return (
    <div className={classes.points}>
      <p className={classes.head}>
        {label}
        {help && `: ${help}`}
      </p>
      <ul className={classes.row}>
        {pointWords(scale).map(({ key, side, words }) => (
          <li key={key} className={classes.point}>
            {side === 'left' && '◂ '}
            {words}
            {side === 'right' && ' ▸'}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Chips({ words }: { words: readonly string[] }) {
  if (words.length === 0) return null;
  return (
    <ul className={classes.row}>
      {words.map((word, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: labels that are still empty are alike
        <li key={`${index}-${word}`} className={classes.chip}>
          {word}
        </li>
      ))}
    </ul>
  );
}

function kindWords(form: QuestionForm): string[] {
  return [
    form.both_bad && 'Both bad',
    form.both_good && 'Both good',
    form.cannot_judge && 'Cannot judge',
    form.skip && 'Skip',
  ].filter((word): word is string => typeof word === 'string');
}

function rationaleWords({ rationale, rationale_min: least }: QuestionForm): string {
  const limit = least > 0 ? `, at least ${least} characters` : '';
  return `Why? (${rationale}${limit})`;
}
