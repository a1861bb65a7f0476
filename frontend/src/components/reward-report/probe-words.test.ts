import { expect, it } from 'vitest';
import { ALARMING_REPORT, interval, WHOLE_REPORT } from '../../testing/report-examples';
import { probeRemedy, probeScale, probeState } from './probe-words';

const PROBE = { name: 'length', limit: 0.25, alarm: false, says: '' } as const;

it('tells an alarm from an effect that is merely not ruled out', () => {
  expect(probeState({ ...PROBE, effect: interval(0.8), alarm: true })).toEqual({ text: 'alarm', tone: 'bad' });
  expect(probeState({ ...PROBE, effect: interval(0.22, 0.1) }).text).toBe('not ruled out');
  expect(probeState({ ...PROBE, effect: interval(-0.22, 0.1) }).text).toBe('not ruled out');
  expect(probeState({ ...PROBE, effect: interval(0.1, 0.1) }).text).toBe('within the limit');
});

it('puts zero in the middle of a scale that holds every limit and interval', () => {
  expect(probeScale(WHOLE_REPORT.probes ?? [])).toEqual([-0.375, 0.375]);
  const [low, high] = probeScale(ALARMING_REPORT.probes ?? []);
  expect(high).toBeCloseTo(0.86);
  expect(low).toBe(-high);
});

it('tells what is rewarded for itself from what is punished', () => {
  expect(probeRemedy({ ...PROBE, effect: interval(0.8) })).toContain('look for labelers who take the longer');
  expect(probeRemedy({ ...PROBE, effect: interval(-0.8) })).toContain('If brevity is not what is wanted');
});
