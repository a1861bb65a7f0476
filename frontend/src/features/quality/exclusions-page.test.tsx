import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import type { ExclusionPreview } from '../../lib/api-types';
import { ADMIN, exampleMember, exampleProject, wholeList } from '../../testing/admin-examples';
import { renderAddress } from '../../testing/render-address';
import { StubbedAnswer, stubSite } from '../../testing/stub-site';

const PREVIEW: ExclusionPreview = {
  preferences: 12,
  already_excluded: 2,
  of_labelers: [{ username: 'ben', n: 12 }],
  snapshots: [{ id: 1, sha256: 'ab12cd34ef', size: 100, touched: 8, created_at: '2026-05-01T10:00:00Z' }],
  reward_models: [{ id: 50, number: 1, status: 'active', touched_share: 0.08, inherited: false }],
  policies: [{ id: 101, number: 1, status: 'active', touched_share: 0, inherited: true }],
};

const SITE = {
  'GET /api/session/': ADMIN,
  'GET /api/projects/7/': exampleProject(),
  'GET /api/projects/7/members/': wholeList([exampleMember({ user_id: 2, username: 'ben' })]),
  'GET /api/projects/7/exclusions/': wholeList([]),
  'POST /api/projects/7/exclusions/preview/': PREVIEW,
};

it('shows what an exclusion touches before it is made, and asks for a reason', async () => {
  const calls = stubSite({
    ...SITE,
    'POST /api/projects/7/exclusions/': new StubbedAnswer(201, { id: 1, preferences: 12 }),
  });
  renderAddress('/projects/7/exclusions?labeler=2');
  const foresight = within(await screen.findByRole('region', { name: 'What it would touch' }));
  expect(await foresight.findByText('ben: 12 preferences')).toBeVisible();
  expect(foresight.getByText('ab12cd34: 8 of 100 rows')).toBeVisible();
  expect(foresight.getByText(/8 % of what it learned from/)).toBeVisible();
  expect(foresight.getByText(/through what it was tuned from/)).toBeVisible();

  const button = screen.getByRole('button', { name: 'Exclude' });
  expect(button).toBeDisabled();
  await userEvent.type(screen.getByRole('textbox', { name: 'Reason' }), 'Clicked without reading.');
  expect(button).toBeEnabled();
  await userEvent.click(button);
  const dialog = within(await screen.findByRole('dialog', { name: 'Exclude 12 preferences?' }));
  await userEvent.click(dialog.getByRole('button', { name: 'Exclude' }));
  await waitFor(() =>
    expect(calls.find(({ method, path }) => method === 'POST' && path.endsWith('/exclusions/'))?.body).toEqual({
      annotator_id: 2,
      given_from: null,
      given_until: null,
      guidelines_number: null,
      reason: 'Clicked without reading.',
    }),
  );
});

it('asks for nothing while the rule is empty', async () => {
  const calls = stubSite(SITE);
  renderAddress('/projects/7/exclusions');
  expect(await screen.findByText('Choose at least one of them.')).toBeVisible();
  expect(await screen.findByText('Nothing is excluded.')).toBeVisible();
  expect(calls.some(({ method }) => method === 'POST')).toBe(false);
});

it('puts what the server says about the guidelines at their field', async () => {
  stubSite({
    ...SITE,
    'POST /api/projects/7/exclusions/preview/': new StubbedAnswer(400, {
      code: 'request/invalid',
      detail: 'guidelines_number: the project has no guidelines 99',
      fields: { guidelines_number: ['the project has no guidelines 99'] },
    }),
  });
  renderAddress('/projects/7/exclusions');
  const version = await screen.findByRole('textbox', { name: 'Guidelines version' });
  await userEvent.type(version, '99');
  expect(await screen.findByText('the project has no guidelines 99')).toBeVisible();
  expect(version).toBeInvalid();
  expect(screen.getByRole('button', { name: 'Exclude' })).toBeDisabled();
});

it('lifts an exclusion after asking', async () => {
  const made = {
    id: 4,
    annotator_id: 2,
    username: 'ben',
    given_from: null,
    given_until: null,
    guidelines_number: 3,
    reason: 'Misread the guidelines.',
    preferences: 12,
    created_by: 'ada',
    created_at: '2026-05-01T10:00:00Z',
    lifted_at: null,
    lifted_by: null,
  };
  const calls = stubSite({
    ...SITE,
    'GET /api/projects/7/exclusions/': wholeList([made]),
    'POST /api/projects/7/exclusions/4/lift/': made,
  });
  renderAddress('/projects/7/exclusions');
  expect(await screen.findByText('by ben, under guidelines 3')).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Lift' }));
  await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Lift' }));
  await waitFor(() => expect(calls.some(({ path }) => path.endsWith('/4/lift/'))).toBe(true));
});
