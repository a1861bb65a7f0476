import { describe, expect, it } from 'vitest';
import { nextAddress } from './next-address';

describe('the address after the log-in', () => {
  it('is the page that was asked for', () => {
    expect(nextAddress('/projects/7/label?x=1#y')).toBe('/projects/7/label?x=1#y');
  });

  it.each([undefined, '', 'https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)', 'x'])(
    'is the start page for %s',
    (next) => {
      expect(nextAddress(next)).toBe('/');
    },
  );
});
