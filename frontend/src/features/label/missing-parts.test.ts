import { describe, expect, it } from 'vitest';
import { emptyDetails, NO_DETAILS, withAspect } from './details';
import { FORM, LEFT } from './label-examples';
import type { QuestionForm, Verdict } from './label-state';
import { missingParts, missingText } from './missing-parts';

const aspect = (key: string, required: boolean) => ({
  key,
  label: `Is it ${key}`,
  description: '',
  strengths: 1 as const,
  tie: true,
  required,
});
const STRICT: QuestionForm = {
  ...FORM,
  aspects: [aspect('kind', true), aspect('short', false)],
  rationale: 'required',
  rationale_min: 4,
};
const verdict = LEFT as Verdict;
const parts = (form: QuestionForm, given: Verdict | null, details = emptyDetails(2)) =>
  missingParts(form, given, details).map(({ part }) => part);

describe('what is missing', () => {
  it('is nothing but the verdict under the plain form', () => {
    expect(parts(FORM, null)).toEqual(['verdict']);
    expect(parts(FORM, verdict)).toEqual([]);
  });

  it('is what the form requires, in the order of the screen', () => {
    expect(parts(STRICT, null)).toEqual(['verdict', 'aspect-kind', 'rationale']);
    const answered = withAspect(emptyDetails(2), 'kind', { kind: 'tie' });
    expect(parts(STRICT, verdict, answered)).toEqual(['rationale']);
    expect(parts(STRICT, verdict, { ...answered, rationale: 'Good' })).toEqual([]);
  });

  it('asks aspects of pairs only', () => {
    expect(parts(STRICT, null, emptyDetails(4))).toEqual(['verdict', 'rationale']);
  });

  it('asks an optional rationale that was begun to reach its length', () => {
    const form: QuestionForm = { ...FORM, rationale: 'optional', rationale_min: 5 };
    expect(parts(form, verdict, { ...NO_DETAILS, rationale: 'abc' })).toEqual(['rationale']);
    expect(parts(form, verdict, { ...NO_DETAILS, rationale: '  ' })).toEqual([]);
    // An emoji is one character, as the site counts them.
    expect(missingParts(form, verdict, { ...NO_DETAILS, rationale: '🏳🏳🏳🏳' })[0]?.text).toBe('write 1 more character');
  });

  it('asks nothing of who cannot judge', () => {
    expect(parts(STRICT, { kind: 'cannot_judge' })).toEqual([]);
  });

  it('is told in one sentence', () => {
    expect(missingText(missingParts(STRICT, null, emptyDetails(2)))).toBe(
      'Choose a verdict, answer “Is it kind” and say why (4 characters).',
    );
    expect(missingText([])).toBe('');
  });
});
