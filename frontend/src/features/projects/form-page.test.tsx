import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { ADMIN, exampleProject, PLAIN_FORM, wholeList } from '../../testing/admin-examples';
import { renderAddress } from '../../testing/render-address';
import { StubbedAnswer, stubSite } from '../../testing/stub-site';

const SITE = {
  'GET /api/session/': ADMIN,
  'GET /api/projects/7/': exampleProject(),
  'GET /api/projects/7/forms/': wholeList([
    { number: 2, form: PLAIN_FORM, created_at: '2026-05-02T10:00:00Z' },
    { number: 1, form: { ...PLAIN_FORM, strengths: 1, tie: false }, created_at: '2026-05-01T10:00:00Z' },
  ]),
};

it('shows a change in the preview and publishes it after naming what changes in a verdict', async () => {
  const calls = stubSite({
    ...SITE,
    'POST /api/projects/7/forms/': new StubbedAnswer(201, { number: 2, form: PLAIN_FORM, created_at: '' }),
  });
  renderAddress('/projects/7/form');
  const preview = within(await screen.findByRole('figure', { name: 'What a labeler sees' }));
  expect(preview.getByText('equally good')).toBeVisible();
  expect(screen.getByRole('button', { name: 'Publish version 2' })).toBeDisabled();

  await userEvent.click(screen.getByRole('radio', { name: '4 points' }));
  expect(preview.queryByText('equally good')).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: 'Add a flag' }));
  await userEvent.type(
    within(screen.getByRole('group', { name: 'a flag 1' })).getByLabelText(/^Label/),
    'Private data',
  );
  expect(preview.getAllByText('⚑ Private data')).toHaveLength(2);

  await userEvent.click(screen.getByRole('button', { name: 'Publish version 2' }));
  const dialog = within(await screen.findByRole('dialog'));
  expect(dialog.getByText(/7 points with a midpoint → two completions on 4 points/)).toBeVisible();
  expect(dialog.getByText('Flag “Private data”: is new')).toBeVisible();
  await userEvent.click(dialog.getByRole('button', { name: 'Publish' }));
  await waitFor(() =>
    expect(calls.find(({ method }) => method === 'POST')?.body).toMatchObject({
      form: { strengths: 2, tie: false, flags: [{ key: 'private_data', label: 'Private data' }] },
    }),
  );
});

it('leads to a label that is missing and asks nothing of the server', async () => {
  const calls = stubSite(SITE);
  renderAddress('/projects/7/form');
  await userEvent.click(await screen.findByRole('button', { name: 'Add an aspect' }));
  await userEvent.click(screen.getByRole('button', { name: 'Publish version 2' }));
  expect(await screen.findByText('A label is needed.')).toBeVisible();
  await waitFor(() => expect(screen.getAllByLabelText(/^Label/)[0]).toHaveFocus());
  expect(calls.some(({ method }) => method === 'POST')).toBe(false);
});

it('puts the server’s message at its field', async () => {
  stubSite({
    ...SITE,
    'POST /api/projects/7/forms/': new StubbedAnswer(400, {
      code: 'request/invalid',
      detail: 'form.rationale_min: Input should be at most 2000',
      fields: { 'form.rationale_min': ['Input should be at most 2000'] },
    }),
  });
  renderAddress('/projects/7/form');
  const least = await screen.findByRole('textbox', { name: 'Fewest characters of a rationale' });
  await userEvent.clear(least);
  await userEvent.type(least, '30');
  await userEvent.click(screen.getByRole('button', { name: 'Publish version 2' }));
  await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Publish' }));
  await waitFor(() => expect(least).toBeInvalid());
});

it('begins with a preset and lists versions with what each changed', async () => {
  stubSite(SITE);
  renderAddress('/projects/7/form');
  expect(await screen.findByText(/2 points without a midpoint → two completions on 7 points/)).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Ranking of four' }));
  expect(screen.getByText('Rank 4')).toBeVisible();
  expect(screen.getByRole('radio', { name: 'A ranking' })).toBeChecked();
});
