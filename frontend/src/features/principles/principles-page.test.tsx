import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import type { Principle, PrinciplesOverview, PrinciplesPreview } from '../../lib/api-types';
import { ADMIN, exampleProject, wholeList } from '../../testing/admin-examples';
import { renderAddress } from '../../testing/render-address';
import { StubbedAnswer, stubSite } from '../../testing/stub-site';

const SHORT: Principle = {
  key: 'short',
  name: 'Short',
  positive: 'Say little.',
  negative: 'Never pad an answer.',
  weight: 1.5,
  tags: [],
};
const share = (value: number) => ({ value, low: value - 0.05, high: value + 0.05, n: 200 });
const VERSION = {
  number: 1,
  principles: [SHORT],
  note: 'They grew long.',
  changes: [{ key: 'short', change: 'added' as const, fields: [] }],
  created_by: 'ada',
  created_at: '2026-05-02T10:00:00Z',
};
const OVERVIEW: PrinciplesOverview = {
  version: VERSION,
  reward_model: { id: 3, number: 2 },
  standings: [
    {
      key: 'short',
      aspect: 'Shorter',
      labels: 240,
      learned: true,
      accuracy: share(0.9),
      negated_accuracy: share(0.8),
      effect: 0.7,
    },
    {
      key: 'warm',
      aspect: 'Warmer',
      labels: 4,
      learned: false,
      accuracy: null,
      negated_accuracy: null,
      effect: null,
    },
  ],
  fewest_labels: 20,
};
const PREVIEW: PrinciplesPreview = {
  reward_model: { id: 3, number: 2 },
  reason: null,
  unlearned: ['warm'],
  pairs: 200,
  flips: 61,
  conflicts: 4,
  flipped: [
    {
      preference_id: 9,
      prompt: [{ role: 'user', content: 'Hello?' }],
      completions: [{ text: 'A long <img src=x onerror=alert(1)> answer' }, { text: 'Hi.' }],
      now: 'b',
      draft: 'a',
      said: 'b',
    },
  ],
  prompts: 40,
  best: [
    { key: null, now: 1.2, draft: 1.1 },
    { key: 'short', now: 0.8, draft: -0.9 },
  ],
};
const EMPTY: PrinciplesOverview = { ...OVERVIEW, version: null };

function site(overview: PrinciplesOverview, replies: Record<string, unknown> = {}) {
  return stubSite({
    'GET /api/session/': ADMIN,
    'GET /api/projects/7/': exampleProject(),
    'GET /api/projects/7/principles/': overview,
    'GET /api/projects/7/principles/versions/': wholeList(overview.version ? [overview.version] : []),
    'POST /api/projects/7/principles/preview/': PREVIEW,
    ...replies,
  });
}

const published = (calls: readonly { method: string; path: string; body: unknown }[]) =>
  calls.find(({ method, path }) => method === 'POST' && path === '/api/projects/7/principles/')?.body;

it('says what a draft flips, publishes it with a note, and names what changed', async () => {
  const calls = site(OVERVIEW, { 'POST /api/projects/7/principles/': new StubbedAnswer(201, VERSION) });
  renderAddress('/projects/7/principles');
  expect(await screen.findByText('Judged as “Shorter”: 240 verdicts.', { exact: false })).toBeVisible();
  fireEvent.change(screen.getByRole('textbox', { name: 'Weight as a number' }), { target: { value: '-2' } });
  expect(screen.getByText(/its negation is in force/)).toBeVisible();
  expect(screen.getByRole('slider')).toHaveAttribute('aria-valuenow', '-2');

  expect(await screen.findByText('A long <img src=x onerror=alert(1)> answer')).toBeVisible();
  expect(screen.getByText('61')).toBeVisible();
  const table = within(screen.getByRole('region', { name: 'Mean rewards of the best completion of each prompt' }));
  expect(table.getByText('−1.70')).toBeVisible();

  await userEvent.click(screen.getByRole('button', { name: 'Publish version 2' }));
  const dialog = within(await screen.findByRole('dialog'));
  expect(dialog.getByText('weight: 1.5 → −2')).toBeVisible();
  expect(dialog.getByRole('button', { name: 'Publish' })).toBeDisabled();
  await userEvent.type(dialog.getByLabelText('Note'), 'They pad.');
  await userEvent.click(dialog.getByRole('button', { name: 'Publish' }));
  await waitFor(() => expect(published(calls)).toEqual({ principles: [{ ...SHORT, weight: -2 }], note: 'They pad.' }));
});

it('prohibits a published principle with one click and a confirmation', async () => {
  const calls = site(OVERVIEW, { 'POST /api/projects/7/principles/': new StubbedAnswer(201, VERSION) });
  renderAddress('/projects/7/principles');
  await userEvent.click(await screen.findByRole('button', { name: 'Prohibit' }));
  const dialog = within(await screen.findByRole('dialog'));
  expect(dialog.getByText('Never pad an answer.')).toBeVisible();
  await userEvent.click(dialog.getByRole('button', { name: 'Prohibit' }));
  await waitFor(() =>
    expect(published(calls)).toEqual({ principles: [{ ...SHORT, weight: -1.5 }], note: '“Short” is prohibited.' }),
  );
});

it('explains an empty list, begins with an aspect and leads to what is missing', async () => {
  const calls = site(EMPTY);
  renderAddress('/projects/7/principles');
  expect(await screen.findByText('No principle yet')).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Add “Warmer”' }));
  expect(screen.getByLabelText(/^Key/, { selector: 'input' })).toHaveValue('warm');
  expect(screen.getByText(/does not know it: it takes 20 decided verdicts/)).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Publish version 1' }));
  await waitFor(() => expect(screen.getByLabelText(/^What is wanted/)).toHaveFocus());
  expect(screen.getAllByText('Words are needed.')).toHaveLength(2);
  expect(published(calls)).toBeUndefined();
});

it('links to the question form where no aspect teaches a principle', async () => {
  site(OVERVIEW);
  renderAddress('/projects/7/principles');
  await userEvent.click(await screen.findByRole('button', { name: 'Add a principle' }));
  await waitFor(() => expect(screen.getAllByLabelText(/^Name/).at(-1)).toHaveFocus());
  const rows = screen.getAllByRole('listitem', { name: 'principle 2' });
  const link = within(rows[0] as HTMLElement).getByRole('link', { name: 'Ask for the aspect in the question form' });
  expect(link).toHaveAttribute('href', '/projects/7/form');
});

it('puts the server’s message at its field', async () => {
  site(OVERVIEW, {
    'POST /api/projects/7/principles/': new StubbedAnswer(400, {
      code: 'request/invalid',
      detail: 'principles.0.name: String should have at most 80 characters',
      fields: { 'principles.0.name': ['String should have at most 80 characters'] },
    }),
  });
  renderAddress('/projects/7/principles');
  const name = await screen.findByRole('textbox', { name: 'Name' });
  await userEvent.type(name, 'er');
  await userEvent.click(screen.getByRole('button', { name: 'Publish version 2' }));
  const dialog = within(await screen.findByRole('dialog'));
  await userEvent.type(dialog.getByLabelText('Note'), 'Why.');
  await userEvent.click(dialog.getByRole('button', { name: 'Publish' }));
  await waitFor(() => expect(name).toBeInvalid());
});
