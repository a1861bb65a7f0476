import { describe, expect, it } from 'vitest';
import type { MonitorConfig } from '../../../lib/api-types';
import { CHECKPOINTS, exampleCheckpoint, exampleFigures, exampleRun, interval } from '../../../testing/tuning-examples';
import { looksOf } from './looks';
import { monitorCharts } from './monitor-series';

const LIMITS = (exampleRun().job as unknown as { monitor: MonitorConfig }).monitor;
const chart = (checkpoints: Parameters<typeof looksOf>[0], title: string) => {
  const found = monitorCharts(looksOf(checkpoints, []), LIMITS).find((each) => each.title === title);
  if (!found) throw new Error(`no chart ${title}`);
  return found;
};

describe('monitorCharts', () => {
  it('sets people’s win rate with its interval beside the claim', () => {
    const { series } = chart(CHECKPOINTS, 'Win rate against step 0');
    expect(series.map(({ name }) => name)).toEqual(['claimed by the reward model', 'by people']);
    expect(series[1]?.points).toEqual([
      [10, 0.7],
      [20, 0.55],
    ]);
    expect(series[1]?.band?.low[0]).toEqual([10, 0.6]);
  });

  it('says when nobody has judged, and when safety is unknown', () => {
    const unjudged = [exampleCheckpoint(0), exampleCheckpoint(10)];
    expect(chart(unjudged, 'Win rate against step 0').missing).toMatch(/People have not judged/);
    expect(chart(unjudged, 'Refusals and unsafe samples').missing).toMatch(/Unsafe: unknown/);
    const known = [exampleCheckpoint(0, { figures: exampleFigures(0, { unsafe: interval(0.3) }) })];
    expect(chart(known, 'Refusals and unsafe samples')).not.toHaveProperty('missing');
  });

  it('draws no share outside where it is not known', () => {
    const blind = [exampleCheckpoint(0, { figures: exampleFigures(0, { outside: null }) })];
    expect(chart(blind, 'Outside what the reward model knows')).toMatchObject({
      series: [],
      missing: expect.any(String),
    });
  });

  it('names the limit of each rule', () => {
    expect(chart(CHECKPOINTS, 'KL to the reference').unit).toContain('above 40');
    expect(chart(CHECKPOINTS, 'Length').unit).toContain('1.5 times');
  });
});
