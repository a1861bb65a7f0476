import { expect, it } from 'vitest';
import { countText, markText, minusText, numberText, percentText, pointsText, signedText } from './number-text';

it('keeps about three digits', () => {
  expect([1234.5, 123.4, 12.34, 1.234, 0.1234, 0.000123, 0].map(numberText)).toEqual([
    '1,235',
    '123',
    '12.3',
    '1.23',
    '0.123',
    '0.00012',
    '0',
  ]);
});

it('shows a dash for what is not a number', () => {
  expect([null, undefined, Number.NaN].map(numberText)).toEqual(['–', '–', '–']);
});

it('writes round numbers with no more digits than they need', () => {
  expect([0.5, -1, 1500, 2].map(markText)).toEqual(['0.5', '−1', '1,500', '2']);
});

it('rounds shares to a tenth of a percent', () => {
  expect([0.5, 0.625, 2 / 3, 0.07].map(percentText)).toEqual(['50 %', '62.5 %', '66.7 %', '7 %']);
});

it('counts in words', () => {
  expect([countText(1, 'pair'), countText(1200, 'pair')]).toEqual(['1 pair', '1,200 pairs']);
});

it('writes changes of shares in points with their sign', () => {
  expect([0.021, -0.1, 0.0001, -0.0001].map(pointsText)).toEqual(['+2.1', '−10.0', '0', '0']);
});

it('writes a typographic minus, and no sign before zero', () => {
  expect([-1234, -5.23, -0.012, -0].map(numberText)).toEqual(['−1,234', '−5.23', '−0.012', '0']);
  expect(['-0.50', '-0.00', '1.5', '-1,200'].map(minusText)).toEqual(['−0.50', '0.00', '1.5', '−1,200']);
  expect(['-0.50', '-0.00', '1.5', '1,200'].map(signedText)).toEqual(['−0.50', '0.00', '+1.5', '+1,200']);
});
