import { expect, it } from 'vitest';
import { PLAIN_FORM } from '../../testing/admin-examples';
import { formDifferences } from './form-differences';

const sentences = (part: Partial<typeof PLAIN_FORM>, from = PLAIN_FORM) =>
  formDifferences(from, { ...from, ...part }).map(({ field, text }) => `${field}: ${text}`);

it('says nothing about equal forms', () => {
  expect(sentences({})).toEqual([]);
});

it('names the scale by its points and its midpoint', () => {
  expect(sentences({ strengths: 2, tie: false })).toEqual([
    'Overall verdict: two completions on 7 points with a midpoint → two completions on 4 points without a midpoint',
  ]);
  expect(sentences({ mode: 'ranking' })).toEqual([
    'Overall verdict: two completions on 7 points with a midpoint → a ranking of 4',
  ]);
});

it('tells new, changed and dropped entries of a list apart', () => {
  const helpful = {
    key: 'helpful',
    label: 'Helpful',
    description: '',
    strengths: 1,
    tie: true,
    required: true,
  } as const;
  const old = { ...PLAIN_FORM, aspects: [helpful, { ...helpful, key: 'honest', label: 'Honest' }] };
  const next = [
    { ...helpful, label: 'Useful', required: false },
    { ...helpful, key: 'harmless', label: 'Harmless', strengths: 2 as const },
  ];
  expect(sentences({ aspects: next }, old)).toEqual([
    'Aspect “Honest”: is no longer asked',
    'Aspect “Useful”: named “Helpful” → named “Useful”',
    'Aspect “Useful”: 3 points with a midpoint, required → 3 points with a midpoint, optional',
    'Aspect “Harmless”: is new: 5 points with a midpoint, required',
  ]);
});

it('says what is offered from now on and what no longer', () => {
  expect(sentences({ both_bad: false, highlights: true, rating: 5, rationale: 'required', rationale_min: 20 })).toEqual(
    [
      '“Both bad”: is no longer offered',
      'Highlights: is offered from now on',
      'Rating: not asked for → 1 to 5 points',
      'Rationale: optional → required, at least 20 characters',
    ],
  );
});
