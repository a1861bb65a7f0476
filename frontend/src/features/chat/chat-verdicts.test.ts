import { describe, expect, it } from 'vitest';
import { verdictChoices } from './chat-verdicts';

const NEITHER = { tie: true, both_bad: true, both_good: true, cannot_judge: true };

describe('verdict keys', () => {
  it.each([1, 2, 3, 4] as const)('no key means two things on a scale of %i steps', (strengths) => {
    const keys = verdictChoices({ strengths, ...NEITHER }).flatMap((choice) => choice.keys);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).not.toContain('');
  });

  it('run from 1, far left, over the tie on 4 to 7, far right', () => {
    const choices = verdictChoices({ strengths: 3, tie: true, both_bad: true, both_good: false, cannot_judge: false });
    expect(choices.map(({ keys, label }) => `${keys[0]} ${label}`)).toEqual([
      '1 Much better',
      '2 Better',
      '3 Slightly better',
      '4 Tie',
      '0 Both bad',
      '5 Slightly better',
      '6 Better',
      '7 Much better',
    ]);
  });
});
