import { describe, expect, it } from 'vitest';
import { CHECKPOINTS, exampleCheckpoint, exampleFigures, interval } from '../../../testing/tuning-examples';
import { inPeoplesOrder, judgedLooks, looksOf, sqrtKl } from './looks';

describe('looksOf', () => {
  it('adds live figures to fetched checkpoints by step, the fetched ones counting', () => {
    const stale = exampleFigures(10, { entropy: 9 });
    const looks = looksOf(CHECKPOINTS, [stale, exampleFigures(40)]);
    expect(looks.map(({ figures }) => figures.step)).toEqual([0, 10, 20, 30, 40]);
    expect(looks[1]?.figures.entropy).toBe(2.1);
    expect(looks[4]?.checkpoint).toBeNull();
  });
});

describe('inPeoplesOrder', () => {
  it('ranks by people and never by reward; unjudged ones stand below by step', () => {
    const steps = inPeoplesOrder(looksOf(CHECKPOINTS, [])).map(({ figures }) => figures.step);
    expect(steps).toEqual([10, 20, 0, 30]);
    const praised = exampleCheckpoint(40, { figures: exampleFigures(40, { reward: interval(99) }) });
    expect(inPeoplesOrder(looksOf([...CHECKPOINTS, praised], [])).at(-1)?.figures.step).toBe(40);
  });
});

it('finds those that people judged', () => {
  expect(judgedLooks(looksOf(CHECKPOINTS, [])).map(({ figures }) => figures.step)).toEqual([10, 20]);
});

it('takes the root of a KL that is estimated below zero as zero', () => {
  expect(sqrtKl(exampleFigures(0, { kl: interval(-0.02) }))).toBe(0);
});
