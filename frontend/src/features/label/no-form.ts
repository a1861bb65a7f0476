import type { QuestionForm } from './label-state';

/** Before the first claim has told the form only the keys that no form changes are known. */
export const NO_FORM: QuestionForm = {
  mode: 'pair',
  ranked: 4,
  strengths: 1,
  tie: false,
  both_bad: false,
  both_good: false,
  cannot_judge: false,
  skip: false,
  aspects: [],
  flags: [],
  reasons: [],
  rating: 0,
  rationale: 'off',
  rationale_min: 0,
  highlights: false,
  edit: false,
};
