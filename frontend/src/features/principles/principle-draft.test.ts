import { describe, expect, it } from 'vitest';
import type { Principle } from '../../lib/api-types';
import { moved } from '../../lib/moved';
import {
  changesBetween,
  draftOf,
  draftProblems,
  principlesOf,
  problemsFrom,
  prohibited,
  withFresh,
} from './principle-draft';

function example(key: string, part: Partial<Principle> = {}): Principle {
  return { key, name: key, positive: 'Say little.', negative: 'Say much.', weight: 1, tags: [], ...part };
}

describe('a draft of principles', () => {
  it('is what was published until something is changed', () => {
    const published = [example('short', { weight: -0.5, tags: ['support'] }), example('warm')];
    expect(principlesOf(draftOf(published))).toEqual(published);
    expect(draftProblems(draftOf(published))).toEqual({});
  });

  it('keeps the identity of its rows while they are moved and added', () => {
    const draft = withFresh(draftOf([example('short'), example('warm')]), { key: 'calm', name: 'Calm' });
    expect(moved(draft, 2, -1).map(({ id, key }) => [id, key])).toEqual([
      [0, 'short'],
      [2, 'calm'],
      [1, 'warm'],
    ]);
    expect(withFresh(draft.slice(0, 1), { key: '', name: '' })[1]?.id).toBe(1);
  });

  it('names what is missing, wrong or there twice', () => {
    const [short, warm, loud] = draftOf([example('short'), example('warm'), example('Loud!')]);
    if (!short || !warm || !loud) throw new Error('three rows');
    const problems = draftProblems([short, { ...warm, key: 'short', positive: ' ' }, { ...loud, weight: '' }]);
    expect(Object.keys(problems).sort()).toEqual(['1.key', '1.positive', '2.key', '2.weight']);
    expect(problems['1.key']).toBe('Principle 1 has this key as well.');
    expect(draftProblems([{ ...short, weight: -3.25 }])).toHaveProperty(['0.weight']);
  });

  it('puts messages of the server at its fields', () => {
    expect(problemsFrom({ 'principles.2.key': ['is used twice'], note: ['say why'] })).toEqual({
      '2.key': 'is used twice',
      note: 'say why',
    });
  });
});

describe('a prohibition', () => {
  it('turns one weight around, keeps its size and leaves the rest', () => {
    const list = [example('short', { weight: 2 }), example('warm')];
    expect(prohibited(list, 'short').map(({ weight }) => weight)).toEqual([-2, 1]);
    expect(prohibited([example('short', { weight: 0 })], 'short')[0]?.weight).toBe(-1);
    expect(prohibited(prohibited(list, 'short'), 'short')[0]?.weight).toBe(-2);
  });
});

describe('changes between versions', () => {
  it('are told key by key', () => {
    const before = [example('short'), example('gone')];
    const after = [example('new'), example('short', { weight: -2, tags: ['support'] })];
    expect(changesBetween(before, after)).toEqual([
      { key: 'new', change: 'added', fields: [] },
      {
        key: 'short',
        change: 'changed',
        fields: [
          { field: 'weight', before: '1', after: '-2' },
          { field: 'tags', before: '', after: 'support' },
        ],
      },
      { key: 'gone', change: 'removed', fields: [] },
    ]);
    expect(changesBetween(before, before)).toEqual([]);
  });
});
