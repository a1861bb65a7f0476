import { describe, expect, it } from 'vitest';
import { alignSeries, chartGroups, mergePoints, spreadRows } from './series';

describe('mergePoints', () => {
  it('replaces steps that a resumed run repeats and sorts the rest in', () => {
    expect(
      mergePoints(
        [
          [1, 10],
          [3, 30],
        ],
        [
          [2, 20],
          [3, 33],
        ],
      ),
    ).toEqual([
      [1, 10],
      [2, 20],
      [3, 33],
    ]);
  });
});

describe('alignSeries', () => {
  it('puts series on one axis and leaves gaps where one has no value or no finite one', () => {
    expect(
      alignSeries([
        [
          [0, 1],
          [2, Number.NaN],
        ],
        [[1, 5]],
      ]),
    ).toEqual([
      [0, 1, 2],
      [1, null, null],
      [null, 5, null],
    ]);
  });

  it('gives an empty axis for no points', () => {
    expect(alignSeries([[]])).toEqual([[], []]);
  });
});

describe('spreadRows', () => {
  it('keeps the first and the last', () => {
    const rows = spreadRows([...Array(100).keys()], 5);
    expect(rows).toHaveLength(5);
    expect([rows[0], rows.at(-1)]).toEqual([0, 99]);
  });

  it('keeps all when there are few', () => {
    expect(spreadRows([1, 2], 5)).toEqual([1, 2]);
  });
});

describe('chartGroups', () => {
  it('draws related series together and every other one alone', () => {
    expect(chartGroups(['kl/reference', 'reward/mean', 'reward/sd', 'train/tokens'])).toEqual([
      {
        title: 'Reward',
        unit: 'in spreads of the reference policy',
        as: 'number',
        names: ['reward/mean', 'reward/sd'],
      },
      { title: 'KL to the reference policy', unit: 'nats per completion', as: 'number', names: ['kl/reference'] },
      { title: 'train/tokens', unit: '', as: 'number', names: ['train/tokens'] },
    ]);
  });

  it('writes shares as percentages', () => {
    expect(chartGroups(['completion/ended_share'])).toMatchObject([{ as: 'percent' }]);
  });
});
