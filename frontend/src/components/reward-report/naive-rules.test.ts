import { expect, it } from 'vitest';
import { interval, WHOLE_REPORT } from '../../testing/report-examples';
import { naiveRules } from './naive-rules';
import { accuracyHeadline } from './report-words';

const SHORTER_WINS = { ...WHOLE_REPORT, baseline_longer: interval(0.07, 0.04, 57) };

it('turns a rule around that is mostly wrong, with its interval', () => {
  const [length, order] = naiveRules(SHORTER_WINS);
  expect(length.name).toBe('The shorter completion wins');
  expect(length.interval.value).toBeCloseTo(0.93);
  expect(length.interval.low).toBeCloseTo(0.89);
  expect(length.interval.high).toBeCloseTo(0.97);
  expect(length.interval.n).toBe(57);
  expect(order).toEqual({ name: 'The second one always wins', interval: expect.objectContaining({ n: 96 }) });
});

it('leaves a rule as it is that is mostly right', () => {
  expect(naiveRules(WHOLE_REPORT)[0]).toEqual({
    name: 'The longer completion wins',
    interval: WHOLE_REPORT.baseline_longer,
  });
});

it('does not praise a reward model that choosing the shorter completion beats', () => {
  expect(accuracyHeadline(SHORTER_WINS)).toMatchObject({ tone: 'bad', text: expect.stringContaining('no better') });
});
