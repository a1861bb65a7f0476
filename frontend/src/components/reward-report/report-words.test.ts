import { describe, expect, it } from 'vitest';
import { ALARMING_REPORT, interval, SPARSE_REPORT, WHOLE_REPORT } from '../../testing/report-examples';
import {
  accuracyHeadline,
  bestOfNHeadline,
  calibrationHeadline,
  changeText,
  driftHeadline,
  groupHeadline,
  labelerHeadline,
  overoptimisedFrom,
  principleHeadline,
  probeHeadline,
  selfLabelHeadline,
  shareText,
  sliceHeadline,
  smoothingHeadline,
  temperatureWords,
  weakSlices,
} from './report-words';

describe('accuracy', () => {
  it('is good only when its whole interval beats the best naive rule', () => {
    expect(accuracyHeadline(WHOLE_REPORT)).toEqual({
      text: '74 % (70–78 %), +23.0 points against the best naive rule',
      tone: 'good',
    });
    const close = { ...WHOLE_REPORT, baseline_always_a: interval(0.72) };
    expect(accuracyHeadline(close)).toMatchObject({
      tone: 'warn',
      text: expect.stringContaining('not clearly better'),
    });
  });

  it('says when a naive rule does as well', () => {
    expect(accuracyHeadline(ALARMING_REPORT)).toMatchObject({
      tone: 'bad',
      text: expect.stringContaining('no better'),
    });
    expect(accuracyHeadline(ALARMING_REPORT).text).toContain('−13.0 points');
  });
});

describe('parts', () => {
  it('calls a part weak only when its whole interval lies below the accuracy of all', () => {
    expect(weakSlices(WHOLE_REPORT)).toEqual([]);
    expect(sliceHeadline(WHOLE_REPORT)).toEqual({ text: '5 parts, none clearly worse', tone: 'neutral' });
    expect(weakSlices(ALARMING_REPORT).map(({ name }) => name)).toEqual(['tag: code']);
    expect(sliceHeadline(ALARMING_REPORT)).toEqual({
      text: '1 clearly worse; least tag: code, 36 % (27–45 %)',
      tone: 'warn',
    });
  });
});

describe('calibration', () => {
  it('warns when the top tenth is off, even where all pairs are not', () => {
    expect(calibrationHeadline(SPARSE_REPORT)).toEqual({ text: 'off by 6 % on average', tone: 'neutral' });
    const top = { calibration: [], calibration_error: 0.2, n: 40 };
    expect(calibrationHeadline({ ...SPARSE_REPORT, top_decile: top })).toEqual({
      text: 'off by 6 % on average, 20 % in the top tenth',
      tone: 'warn',
    });
  });

  it('tells a model that is too sure from one that is too cautious', () => {
    expect(temperatureWords(1.4)).toContain('too sure');
    expect(temperatureWords(0.7)).toContain('too cautious');
    expect(temperatureWords(1)).toContain('no correction');
  });
});

it('names the probes that alarm, else those that could not rule an effect out', () => {
  const [within] = WHOLE_REPORT.probes ?? [];
  const ruledOut = { ...WHOLE_REPORT, probes: within ? [within] : [] };
  expect(probeHeadline(ruledOut)).toEqual({ text: '1 probe, no alarm', tone: 'good' });
  expect(probeHeadline(WHOLE_REPORT)).toEqual({
    text: '2 probes, no alarm; not ruled out: sycophancy',
    tone: 'warn',
  });
  expect(probeHeadline(ALARMING_REPORT)).toEqual({ text: 'alarm: length', tone: 'bad' });
});

describe('best of n', () => {
  it('says from where on choosing among more is worse', () => {
    expect(overoptimisedFrom(WHOLE_REPORT)).toBeNull();
    expect(overoptimisedFrom(ALARMING_REPORT)).toBe(16);
    expect(bestOfNHeadline(ALARMING_REPORT)).toEqual({
      text: 'best of 16: preferred 48 % (44–52 %); falls from 16 on',
      tone: 'bad',
    });
  });

  it('is good only when a gain is certain', () => {
    expect(bestOfNHeadline(WHOLE_REPORT).tone).toBe('good');
    const unsure = { ...WHOLE_REPORT, best_of_n: [{ n: 2, kl: 0.19, win_rate: interval(0.52), prompts: 9 }] };
    expect(bestOfNHeadline(unsure).tone).toBe('neutral');
  });
});

describe('drift', () => {
  it('is bad only when accuracy fell for certain', () => {
    expect(driftHeadline(WHOLE_REPORT)).toEqual({
      text: 'ranks 12 % (8–16 %) of the pairs the other way; accuracy +2.0 points (−1.0 to +5.0)',
      tone: 'neutral',
    });
    expect(driftHeadline(ALARMING_REPORT).tone).toBe('bad');
  });

  it('does without the change of accuracy where it was not measured', () => {
    const drift = WHOLE_REPORT.drift && { ...WHOLE_REPORT.drift, accuracy_change: null };
    expect(driftHeadline({ ...WHOLE_REPORT, drift })).toEqual({
      text: 'ranks 12 % (8–16 %) of the pairs the other way',
      tone: 'neutral',
    });
  });
});

it('counts labelers below chance and labelers drawn to one side', () => {
  expect(labelerHeadline(WHOLE_REPORT)).toEqual({ text: '2 labelers, 1 drawn to one side', tone: 'warn' });
  expect(labelerHeadline(ALARMING_REPORT)).toEqual({
    text: '2 labelers, 1 below chance, 1 drawn to one side',
    tone: 'bad',
  });
});

it('says when labelers want two different things', () => {
  expect(groupHeadline(WHOLE_REPORT)).toEqual({ text: 'one', tone: 'good' });
  expect(groupHeadline(ALARMING_REPORT)).toEqual({ text: 'two groups disagree on 31 % of the pairs', tone: 'bad' });
});

it('says how far the loss rose with smoothing and without', () => {
  expect(smoothingHeadline(WHOLE_REPORT)).toEqual({
    text: 'loss ends at 1.01 × its least, without at 1.29 ×',
    tone: 'good',
  });
  expect(smoothingHeadline(ALARMING_REPORT).tone).toBe('warn');
  const worse = WHOLE_REPORT.smoothing && { ...WHOLE_REPORT.smoothing, plain_ratio: 1.02, smoothed_ratio: 1.1 };
  expect(smoothingHeadline({ ...WHOLE_REPORT, smoothing: worse }).tone).toBe('warn');
});

it('counts only the pairs of loops that were kept', () => {
  expect(selfLabelHeadline(WHOLE_REPORT)).toEqual({ text: '210 pairs in 2 loops', tone: 'neutral' });
  expect(selfLabelHeadline(ALARMING_REPORT)).toEqual({ text: '0 pairs in 0 loops; 1 rolled back', tone: 'warn' });
});

it('counts principles whose interval reaches down to a coin flip', () => {
  expect(principleHeadline(WHOLE_REPORT)).toEqual({ text: '2 principles', tone: 'neutral' });
  expect(principleHeadline(ALARMING_REPORT)).toEqual({ text: '1 principle, 1 not clearly obeyed', tone: 'warn' });
});

it('writes shares and changes with their intervals', () => {
  expect(shareText(interval(0.5, 0.1))).toBe('50 % (40–60 %)');
  expect(changeText({ value: 0.0001, low: -0.02, high: 0.02, n: 9 })).toBe('0 points (−2.0 to +2.0)');
});
