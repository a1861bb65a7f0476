/** What of a verdict changes between two versions of a question form, in sentences. */

import type { QuestionForm } from '../../lib/api-types';
import { scaleWords } from '../../lib/scale-words';

export interface FormDifference {
  /** The part of a verdict that is concerned: “Overall verdict”, “Aspect Helpful”. */
  field: string;
  text: string;
}

const OFFERS = [
  ['both_bad', '“Both bad”'],
  ['both_good', '“Both good”'],
  ['cannot_judge', '“Cannot judge”'],
  ['skip', 'Skipping'],
  ['highlights', 'Highlights'],
  ['edit', 'Corrected completions'],
] as const;

export function formDifferences(before: QuestionForm, after: QuestionForm): FormDifference[] {
  return [
    ...overallDifferences(before, after),
    ...OFFERS.filter(([key]) => before[key] !== after[key]).map(([key, field]) => ({
      field,
      text: after[key] ? 'is offered from now on' : 'is no longer offered',
    })),
    ...listDifferences(
      'Aspect',
      before.aspects,
      after.aspects,
      (aspect) => `${scaleWords(aspect)}, ${aspect.required ? 'required' : 'optional'}`,
    ),
    ...listDifferences('Flag', before.flags, after.flags),
    ...listDifferences('Reason', before.reasons, after.reasons, ({ sign }) =>
      sign === 'good' ? 'speaks for a completion' : 'speaks against a completion',
    ),
    ...changed('Rating', ratingWords(before), ratingWords(after)),
    ...changed('Rationale', rationaleWords(before), rationaleWords(after)),
  ];
}

function overallDifferences(before: QuestionForm, after: QuestionForm): FormDifference[] {
  return changed('Overall verdict', overallWords(before), overallWords(after));
}

/** `two completions on 7 points with a midpoint`, `a ranking of 4`. */
export function overallWords(form: QuestionForm): string {
  return form.mode === 'ranking' ? `a ranking of ${form.ranked}` : `two completions on ${scaleWords(form)}`;
}

function ratingWords({ rating }: QuestionForm): string {
  return rating === 0 ? 'not asked for' : `1 to ${rating} points`;
}

function rationaleWords({ rationale, rationale_min: least }: QuestionForm): string {
  if (rationale === 'off') return 'not asked for';
  return least > 0 ? `${rationale}, at least ${least} characters` : rationale;
}

function changed(field: string, before: string, after: string): FormDifference[] {
  return before === after ? [] : [{ field, text: `${before} → ${after}` }];
}

interface Item {
  key: string;
  label: string;
  description: string;
}

function listDifferences<Entry extends Item>(
  kind: string,
  before: readonly Entry[],
  after: readonly Entry[],
  detail: (entry: Entry) => string = () => '',
): FormDifference[] {
  const gone = before.filter(({ key }) => !after.some((entry) => entry.key === key));
  return [
    ...gone.map(({ label }) => ({ field: `${kind} “${label}”`, text: 'is no longer asked' })),
    ...after.flatMap((entry) => {
      const old = before.find(({ key }) => key === entry.key);
      const field = `${kind} “${entry.label}”`;
      if (!old) return [{ field, text: ['is new', detail(entry)].filter(Boolean).join(': ') }];
      return [
        ...changed(field, `named “${old.label}”`, `named “${entry.label}”`),
        ...changed(field, detail(old), detail(entry)),
        ...(old.description === entry.description ? [] : [{ field, text: 'is explained in other words' }]),
      ];
    }),
  ];
}
