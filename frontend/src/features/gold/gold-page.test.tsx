import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import type { GoldPair } from '../../lib/api-types';
import { ADMIN, exampleProject, QUEUE_SETTINGS, wholeList } from '../../testing/admin-examples';
import { renderAddress } from '../../testing/render-address';
import { StubbedAnswer, stubSite } from '../../testing/stub-site';

const PAIR: GoldPair = {
  id: 31,
  prompt: [{ role: 'user', content: 'What is 2 + 2?' }],
  completion_a: 'Four.',
  completion_b: '<i>Five.</i>',
  expected: { kind: 'prefer', winner: 'a', strength: null },
  explanation: 'B is wrong.',
  verdicts: 8,
  correct: 6,
  withdrawn_at: null,
};

const SITE = {
  'GET /api/session/': ADMIN,
  'GET /api/projects/7/': exampleProject({ settings: QUEUE_SETTINGS }),
  'GET /api/projects/7/gold/': wholeList([PAIR]),
};

it('shows how many judged each pair right, and that nothing uses them yet', async () => {
  stubSite(SITE);
  renderAddress('/projects/7/gold');
  expect(await screen.findByText('75 %')).toBeVisible();
  expect(screen.getByText('6 of 8')).toBeVisible();
  expect(await screen.findByText('Known pairs are not used yet')).toBeVisible();
  expect(screen.getByRole('link', { name: 'Change the shares' })).toHaveAttribute('href', '/projects/7/settings');
});

it('adds a pair by hand after asking for what is missing', async () => {
  const calls = stubSite({ ...SITE, 'POST /api/projects/7/gold/': new StubbedAnswer(201, PAIR) });
  renderAddress('/projects/7/gold');
  await userEvent.click(await screen.findByRole('button', { name: 'Add known pairs' }));
  await userEvent.click(screen.getByRole('button', { name: 'Add the pair' }));
  expect(screen.getByText('Say which verdict is right.')).toBeVisible();
  await waitFor(() => expect(screen.getByRole('textbox', { name: 'Prompt' })).toHaveFocus());

  await userEvent.type(screen.getByRole('textbox', { name: 'Prompt' }), 'Capital of France?');
  await userEvent.type(screen.getByRole('textbox', { name: 'Completion A' }), 'Lyon.');
  await userEvent.type(screen.getByRole('textbox', { name: 'Completion B' }), 'Paris.');
  await userEvent.click(screen.getByRole('radio', { name: 'B is better' }));
  await userEvent.click(screen.getByRole('button', { name: 'Add the pair' }));
  await waitFor(() =>
    expect(calls.find(({ method }) => method === 'POST')?.body).toEqual({
      comparison_id: null,
      prompt: 'Capital of France?',
      completion_a: 'Lyon.',
      completion_b: 'Paris.',
      expected: { kind: 'prefer', winner: 'b', strength: null },
      explanation: '',
    }),
  );
});

it('withdraws a pair after asking', async () => {
  const calls = stubSite({ ...SITE, 'DELETE /api/projects/7/gold/31/': new StubbedAnswer(204, null) });
  renderAddress('/projects/7/gold');
  await userEvent.click(await screen.findByRole('button', { name: 'Withdraw' }));
  await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Withdraw' }));
  await waitFor(() => expect(calls.some(({ method }) => method === 'DELETE')).toBe(true));
});

it('says where known pairs come from when there are none', async () => {
  stubSite({ ...SITE, 'GET /api/projects/7/gold/': wholeList([]) });
  renderAddress('/projects/7/gold');
  expect(await screen.findByRole('heading', { name: 'No known pair yet' })).toBeVisible();
});
