import type { QuestionForm, Strength } from './label-state';

const STRENGTHS = [1, 2, 3, 4] as const;
const RANKS = [1, 2, 3, 4, 5, 6] as const;

type SideCommand = `${'left' | 'right'}-${Strength}`;
export type RankCommand = `rank-${(typeof RANKS)[number]}`;
export type CommandId =
  | SideCommand
  | RankCommand
  | 'left'
  | 'right'
  | 'tie'
  | 'both_bad'
  | 'both_good'
  | 'cannot_judge'
  | 'rank-tie'
  | 'rank-back'
  | 'skip'
  | 'skip-with-reason'
  | 'undo'
  | 'aspects'
  | 'rationale'
  | 'reasons'
  | 'flags'
  | 'rating'
  | 'highlight'
  | 'edit'
  | 'guidelines'
  | 'difference'
  | 'markdown'
  | 'layout'
  | 'other'
  | 'together'
  | 'uncover'
  | 'keys';

/** What is asked on the screen: the form, and how many completions there are to rank (0 for a pair). */
export interface Question {
  form: QuestionForm;
  ranked: number;
  /** Texts stay covered until the labeler uncovers them. */
  covered?: boolean;
}

export interface CommandInfo {
  id: CommandId;
  group: 'Verdict' | 'Ranking' | 'Details' | 'View' | 'Work';
  meaning: string;
}

/** A press of Shift with the number of a completion ties it with the one before. */
export const TIED = 'Shift+';

/** The words of each step on a scale, from 1. */
export const STEP_LABELS: Record<Strength, readonly string[]> = {
  1: ['Better'],
  2: ['Better', 'Much better'],
  3: ['Slightly better', 'Better', 'Much better'],
  4: ['Slightly better', 'Better', 'Much better', 'Far better'],
};

/** Every command that means something for this question, in the order of use. */
export function commandsOf({ form, ranked, covered = false }: Question): CommandInfo[] {
  return [
    ...(ranked > 0 ? rankCommands(ranked) : scaleCommands(form)),
    ...given(form.cannot_judge, 'cannot_judge', 'Verdict', 'Cannot judge'),
    ...detailCommands(form, ranked),
    ...given(form.skip, 'skip', 'Work', 'Skip'),
    ...given(form.skip, 'skip-with-reason', 'Work', 'Skip and say why'),
    { id: 'undo', group: 'Work', meaning: 'Undo; again for the one before' },
    { id: 'guidelines', group: 'Work', meaning: 'Guidelines' },
    ...given(covered, 'uncover', 'View', 'Uncover the texts'),
    ...given(ranked === 0, 'difference', 'View', 'Mark the words that differ'),
    { id: 'markdown', group: 'View', meaning: 'Markdown or raw text' },
    { id: 'layout', group: 'View', meaning: 'Side by side, stacked, one at a time' },
    { id: 'other', group: 'View', meaning: 'One at a time: show the other one' },
    { id: 'together', group: 'View', meaning: 'Side by side: scroll the texts together' },
    { id: 'keys', group: 'View', meaning: 'These keys' },
  ];
}

function given(offered: boolean, id: CommandId, group: CommandInfo['group'], meaning: string): CommandInfo[] {
  return offered ? [{ id, group, meaning }] : [];
}

function scaleCommands(form: QuestionForm): CommandInfo[] {
  const step = (side: 'left' | 'right', strength: Strength): CommandInfo => {
    const words = STEP_LABELS[form.strengths][strength - 1] ?? '';
    return { id: `${side}-${strength}`, group: 'Verdict', meaning: `${capital(side)} ${words.toLowerCase()}` };
  };
  const offered = STRENGTHS.filter((strength) => strength <= form.strengths);
  return [
    ...[...offered].reverse().map((strength) => step('left', strength)),
    ...given(form.tie, 'tie', 'Verdict', 'Equally good'),
    ...offered.map((strength) => step('right', strength)),
    { id: 'left', group: 'Verdict', meaning: 'Left is better' },
    { id: 'right', group: 'Verdict', meaning: 'Right is better' },
    ...given(form.both_bad, 'both_bad', 'Verdict', 'Both bad'),
    ...given(form.both_good, 'both_good', 'Verdict', 'Both good'),
  ];
}

function rankCommands(ranked: number): CommandInfo[] {
  return [
    ...RANKS.slice(0, ranked).map(
      (number): CommandInfo => ({
        id: `rank-${number}`,
        group: 'Ranking',
        meaning: `Place completion ${number} next; with Shift: tied with the one before`,
      }),
    ),
    { id: 'rank-tie', group: 'Ranking', meaning: 'The next one ties with the one before' },
    { id: 'rank-back', group: 'Ranking', meaning: 'Take the last one back' },
  ];
}

function detailCommands(form: QuestionForm, ranked: number): CommandInfo[] {
  const each = ranked > 0 ? 'again for the next one' : 'left, again for right';
  return [
    ...given(form.aspects.length > 0 && ranked === 0, 'aspects', 'Details', 'Answer the aspects'),
    ...given(form.reasons.length > 0, 'reasons', 'Details', `Reasons: ${each}`),
    ...given(form.flags.length > 0, 'flags', 'Details', `Safety flags: ${each}`),
    ...given(form.rating > 0, 'rating', 'Details', `Rating: ${each}`),
    ...given(form.highlights, 'highlight', 'Details', `Mark passages: ${each}`),
    ...given(form.edit, 'edit', 'Details', `Correct a completion: ${each}`),
    ...given(form.rationale !== 'off', 'rationale', 'Details', 'Write why'),
  ];
}

function capital(word: string): string {
  return `${word[0]?.toUpperCase()}${word.slice(1)}`;
}
