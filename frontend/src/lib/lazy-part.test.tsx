import { render, screen } from '@testing-library/react';
import { Suspense } from 'react';
import { describe, expect, it } from 'vitest';
import { lazyPart } from './lazy-part';

describe('a part loaded on demand', () => {
  it('waits for the connection when it cannot be loaded', async () => {
    let tries = 0;
    const Part = lazyPart(async () => {
      tries += 1;
      if (tries === 1) throw new TypeError('Failed to fetch dynamically imported module');
      return { default: () => <p>here</p> };
    });
    render(
      <Suspense fallback={<p>waiting</p>}>
        <Part />
      </Suspense>,
    );
    expect(await screen.findByText('waiting')).toBeVisible();
    await new Promise((resolve) => setTimeout(resolve, 20));
    window.dispatchEvent(new Event('online'));
    expect(await screen.findByText('here')).toBeVisible();
    expect(tries).toBe(2);
  });
});
