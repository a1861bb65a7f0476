import type { ReactNode } from 'react';
import { KeyCap } from '../../components/key-cap';
import { completionName } from './completion-names';
import { commandsOf } from './key-commands';
import type { KeyMap } from './key-map';
import { strokeText } from './key-stroke';
import type { Answer, QuestionForm } from './label-state';
import { type Places, rankingText, ranksOf, unplaced } from './ranking';
import classes from './ranking-bar.module.css';
import { SkipButton, UndoButton } from './verdict-bar';

interface RankingBarProps {
  form: QuestionForm;
  keys: KeyMap;
  count: number;
  places: Places;
  /** The next one placed ties with the one before. */
  tying: boolean;
  onPlace: (index: number) => void;
  onTie: () => void;
  onBack: () => void;
  canUndo: boolean;
  onAnswer: (answer: Answer) => void;
  onUndo: () => void;
  onSkipWithReason: () => void;
  hint: ReactNode;
}

/** Completions are placed from the best to the last, by their number; ties are allowed. */
export default function RankingBar(props: RankingBarProps) {
  const { form, keys, count, places, tying, onPlace, onTie, onBack, onAnswer, hint } = props;
  const left = unplaced(places, count);
  const commands = commandsOf({ form, ranked: count });
  const keyOf = (id: string) => strokeText(keys.get(commands.find((command) => command.id === id)?.id ?? 'undo')?.[0]);
  return (
    <section className={classes.bar} aria-label="Verdict">
      {hint}
      <UndoButton {...props} />
      <div className={classes.middle}>
        <output className={classes.order} aria-label="Ranking so far, best first">
          {orderText(places, count) || 'Best first: press the number of the best completion'}
        </output>
        <div className={classes.choices}>
          {ranksOf(places, count).map((rank, index) => (
            <button
              // biome-ignore lint/suspicious/noArrayIndexKey: the place on the screen is the identity
              key={index}
              type="button"
              className={classes.choice}
              aria-label={`Place ${completionName(index, count).toLowerCase()} next`}
              aria-keyshortcuts={keyOf(`rank-${index + 1}`) || undefined}
              disabled={rank !== null}
              onClick={() => onPlace(index)}
            >
              {index + 1}
            </button>
          ))}
          <button
            type="button"
            className={classes.choice}
            aria-pressed={tying}
            disabled={places.length === 0 || left.length === 0}
            onClick={onTie}
          >
            Tie <KeyCap>{keyOf('rank-tie')}</KeyCap>
          </button>
          <button type="button" className={classes.choice} disabled={places.length === 0} onClick={onBack}>
            Back <KeyCap>{keyOf('rank-back')}</KeyCap>
          </button>
          {form.cannot_judge && (
            <button type="button" className={classes.choice} onClick={() => onAnswer({ kind: 'cannot_judge' })}>
              Cannot judge <KeyCap>{keyOf('cannot_judge')}</KeyCap>
            </button>
          )}
        </div>
      </div>
      <SkipButton {...props} />
    </section>
  );
}

/** `2 > 1 = 3 > …` while some are missing. */
function orderText(places: Places, count: number): string {
  if (places.length === 0) return '';
  const words = places.map((place) => place.map((index) => index + 1).join(' = ')).join(' > ');
  const left = unplaced(places, count);
  return left.length === 0 ? rankingText(ranksOf(places, count).map((rank) => rank ?? 0)) : `${words} > …`;
}
