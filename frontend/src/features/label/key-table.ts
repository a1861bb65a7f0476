import type { QuestionForm } from './label-state';
import { verdictChoices } from './verdict-keys';

interface KeyRow {
  keys: string[];
  meaning: string;
}

/** Every key of the labeling screen under this form, in the order of use. */
export function keyTable(form: QuestionForm | null): KeyRow[] {
  const verdicts = form
    ? verdictChoices(form).map(({ key, announcement }) => ({ keys: [key], meaning: announcement }))
    : [];
  const arrows = [
    { keys: ['←'], meaning: 'Left is better' },
    { keys: ['→'], meaning: 'Right is better' },
    ...(form?.tie ? [{ keys: ['↓'], meaning: 'Equally good' }] : []),
  ];
  const skips = form?.skip
    ? [
        { keys: ['S'], meaning: 'Skip: pass the comparison on to others' },
        { keys: ['Shift', 'S'], meaning: 'Skip and say why' },
      ]
    : [];
  return [
    ...verdicts,
    ...arrows,
    ...skips,
    { keys: ['Z', '⌫'], meaning: 'Undo; again for the one before' },
    { keys: ['G'], meaning: 'Guidelines' },
    { keys: ['D'], meaning: 'Mark the words that differ' },
    { keys: ['M'], meaning: 'Markdown or raw text' },
    { keys: ['L'], meaning: 'Side by side or stacked' },
    { keys: ['?'], meaning: 'These keys' },
  ];
}
