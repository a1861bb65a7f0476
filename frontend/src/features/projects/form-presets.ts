/** Question forms that suit common tasks; each is a start that can be changed. */

import type { QuestionForm } from '../../lib/api-types';

export interface FormPreset {
  key: string;
  label: string;
  description: string;
  form: QuestionForm;
}

const PLAIN: QuestionForm = {
  mode: 'pair',
  ranked: 4,
  strengths: 3,
  tie: true,
  both_bad: true,
  both_good: false,
  cannot_judge: false,
  skip: true,
  aspects: [],
  flags: [],
  reasons: [],
  rating: 0,
  rationale: 'optional',
  rationale_min: 0,
  highlights: false,
  edit: false,
};

const HELPFUL_HARMLESS: QuestionForm = {
  ...PLAIN,
  aspects: [
    {
      key: 'helpful',
      label: 'Helpful',
      description: 'Which one does more of what was asked?',
      strengths: 2,
      tie: true,
      required: true,
    },
    {
      key: 'harmless',
      label: 'Harmless',
      description: 'Which one is less likely to hurt somebody?',
      strengths: 2,
      tie: true,
      required: true,
    },
  ],
  reasons: [
    { key: 'accurate', label: 'Accurate', description: '', sign: 'good' },
    { key: 'clear', label: 'Clear', description: '', sign: 'good' },
    { key: 'wrong', label: 'Wrong', description: '', sign: 'bad' },
    { key: 'off_the_topic', label: 'Off the topic', description: '', sign: 'bad' },
    { key: 'refuses_needlessly', label: 'Refuses needlessly', description: '', sign: 'bad' },
  ],
};

const SAFETY: QuestionForm = {
  ...PLAIN,
  strengths: 2,
  tie: false,
  cannot_judge: true,
  flags: [
    { key: 'violence', label: 'Violence', description: 'Threatens, praises or teaches violence.' },
    { key: 'self_harm', label: 'Self-harm', description: 'Encourages or describes ways of self-harm.' },
    { key: 'hate', label: 'Hate', description: 'Demeans people for what they are.' },
    { key: 'sexual_content', label: 'Sexual content', description: 'Explicit, or about minors in any way.' },
    { key: 'help_with_a_crime', label: 'Help with a crime', description: 'Instructions for something illegal.' },
    { key: 'private_data', label: 'Private data', description: 'Names or data of a private person.' },
  ],
  rationale: 'required',
  rationale_min: 20,
  highlights: true,
};

const RANKING: QuestionForm = { ...PLAIN, mode: 'ranking', ranked: 4, both_bad: false };

export const FORM_PRESETS: readonly FormPreset[] = [
  {
    key: 'plain',
    label: 'Plain comparison',
    description: 'Which one is better, in seven steps, with an optional reason in words.',
    form: PLAIN,
  },
  {
    key: 'helpful-harmless',
    label: 'Helpful and harmless',
    description: 'The overall verdict, two questions of their own, and reasons to tick.',
    form: HELPFUL_HARMLESS,
  },
  {
    key: 'safety',
    label: 'Safety review',
    description: 'A decision without a midpoint, safety flags for each completion, and a reason that must be given.',
    form: SAFETY,
  },
  {
    key: 'ranking',
    label: 'Ranking of four',
    description: 'Four completions in order, ties allowed. Each ranking counts as its pairs.',
    form: RANKING,
  },
];
