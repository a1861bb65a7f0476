import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { ADMIN, exampleProject, wholeList } from '../../testing/admin-examples';
import { exampleFlag, exampleLabeler, exampleQuality } from '../../testing/quality-examples';
import { renderAddress } from '../../testing/render-address';
import { stubSite } from '../../testing/stub-site';

const SITE = {
  'GET /api/session/': ADMIN,
  'GET /api/projects/7/': exampleProject(),
  'GET /api/projects/7/quality/': exampleQuality(),
  'GET /api/projects/7/flags/': wholeList([]),
};

it('says what brings each figure that is missing', async () => {
  const none = exampleQuality({
    computed_at: null,
    verdicts: 0,
    gold: null,
    consistency: { repeats: null, mirrored: null },
    labelers: [],
    agreement: {
      ...exampleQuality().agreement,
      alpha: null,
      alpha_reason: 'no comparison was judged by two labelers',
      pairwise: null,
      comparisons_with_overlap: 0,
    },
  });
  stubSite({ ...SITE, 'GET /api/projects/7/quality/': none });
  renderAddress('/projects/7/quality');
  expect(await screen.findByText('no comparison was judged by two labelers')).toBeVisible();
  expect(screen.getAllByRole('link', { name: 'raise the overlap' })[0]).toHaveAttribute('href', '/projects/7/settings');
  expect(screen.getByRole('link', { name: 'add known pairs' })).toHaveAttribute('href', '/projects/7/gold');
  expect(screen.getByRole('heading', { name: 'Nobody has labeled yet' })).toBeVisible();
  expect(screen.getByText(/Nothing is counted yet/)).toBeVisible();
});

it('sorts labelers by a heading, those without the figure last', async () => {
  const labelers = [
    exampleLabeler(2, { username: 'ann', gold: null }),
    exampleLabeler(3, { username: 'ben', gold: { value: 0.6, low: 0.5, high: 0.7, n: 20 } }),
    exampleLabeler(4, { username: 'cem', gold: { value: 0.9, low: 0.8, high: 1, n: 20 } }),
  ];
  stubSite({ ...SITE, 'GET /api/projects/7/quality/': exampleQuality({ labelers }) });
  renderAddress('/projects/7/quality');
  const table = within(await screen.findByRole('region', { name: 'Labelers' }));
  const names = () => table.getAllByRole('button', { name: /^(ann|ben|cem)$/ }).map((button) => button.textContent);
  await userEvent.click(table.getByRole('button', { name: 'Known pairs' }));
  expect(names()).toEqual(['cem', 'ben', 'ann']);
  expect(table.getByRole('columnheader', { name: 'Known pairs' })).toHaveAttribute('aria-sort', 'descending');
  await userEvent.click(table.getByRole('button', { name: 'Known pairs' }));
  expect(names()).toEqual(['ben', 'cem', 'ann']);
});

it('opens a labeler from the table with the evidence of the flag', async () => {
  stubSite({
    ...SITE,
    'GET /api/projects/7/quality/': exampleQuality({
      labelers: [exampleLabeler(2, { flags: ['position'] })],
      stale: true,
    }),
    'GET /api/projects/7/flags/': wholeList([exampleFlag()]),
  });
  const { router } = renderAddress('/projects/7/quality');
  expect(await screen.findByText(/newer ones are being counted/)).toBeVisible();
  await userEvent.click(await screen.findByRole('button', { name: 'labeler 2' }));
  await waitFor(() => expect(router.state.location.search).toEqual({ labeler: 2 }));
  const drawer = within(await screen.findByRole('dialog', { name: 'labeler 2' }));
  expect(await drawer.findByText(/Took the left side in 95%/)).toBeVisible();
  expect(drawer.getByText('needs repeats mixed into the work')).toBeVisible();
  expect(drawer.getByRole('link', { name: 'Exclude their verdicts' })).toHaveAttribute(
    'href',
    '/projects/7/exclusions?labeler=2',
  );
});

it('closes a flag with a note', async () => {
  const calls = stubSite({
    ...SITE,
    'GET /api/projects/7/flags/': wholeList([exampleFlag()]),
    'POST /api/projects/7/flags/5/close/': exampleFlag(),
  });
  renderAddress('/projects/7/quality');
  expect(await screen.findByText('labeler 2: one side')).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Close' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Close this flag?' }));
  await userEvent.type(dialog.getByRole('textbox', { name: 'Note' }), 'A trackpad fault.');
  await userEvent.click(dialog.getByRole('button', { name: 'Close the flag' }));
  await waitFor(() =>
    expect(calls.find(({ method }) => method === 'POST')?.body).toEqual({ note: 'A trackpad fault.' }),
  );
});

it('pauses a labeler with a reason of three letters or more', async () => {
  const calls = stubSite({ ...SITE, 'POST /api/projects/7/members/2/pause/': {} });
  renderAddress('/projects/7/quality?labeler=2');
  const drawer = within(await screen.findByRole('dialog', { name: 'labeler 2' }));
  await userEvent.click(drawer.getByRole('button', { name: 'Pause' }));
  const pausing = within(await screen.findByRole('dialog', { name: 'Pause labeler 2?' }));
  expect(pausing.getByRole('button', { name: 'Pause' })).toBeDisabled();
  await userEvent.type(pausing.getByRole('textbox', { name: 'Reason' }), 'Let us talk.');
  await userEvent.click(pausing.getByRole('button', { name: 'Pause' }));
  await waitFor(() =>
    expect(calls.find(({ path }) => path.endsWith('/pause/'))?.body).toEqual({ reason: 'Let us talk.' }),
  );
});
