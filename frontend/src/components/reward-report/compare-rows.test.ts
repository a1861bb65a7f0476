import { expect, it } from 'vitest';
import { ALARMING_REPORT, SPARSE_REPORT, WHOLE_REPORT } from '../../testing/report-examples';
import { compareRows } from './compare-rows';

const row = (key: string) => compareRows(WHOLE_REPORT, ALARMING_REPORT).find((found) => found.key === key);

it('puts accuracy, calibration, probes and parts beside each other', () => {
  expect(row('accuracy')).toMatchObject({ change: '+24.0 points', apart: true });
  expect(row('ece')).toMatchObject({ change: '−13.0 points', apart: null });
  expect(row('probe length')).toMatchObject({ label: 'Probe: length', change: '−0.760', apart: true });
  expect(row('slice tag: chat')).toMatchObject({ change: '+20.0 points', apart: true });
  expect(row('preferences')).toMatchObject({ change: '0' });
});

it('keeps what only one of them has, without a change, and leaves out what neither has', () => {
  expect(row('probe position')).toMatchObject({ one: null, change: '', apart: null });
  const keys = compareRows(SPARSE_REPORT, SPARSE_REPORT).map(({ key }) => key);
  expect(keys).toEqual(['accuracy', 'longer', 'loss', 'ece', 'temperature', 'preferences']);
});
