import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { ADMIN, examplePolicy, exampleProject, wholeList } from '../../testing/admin-examples';
import { renderAddress } from '../../testing/render-address';
import { stubSite } from '../../testing/stub-site';

const POLICIES = [
  examplePolicy(1, {
    status: 'active',
    comparisons_open: 12,
    metrics: { win_rate: 0.78, win_rate_low: 0.66, win_rate_high: 0.9, win_rate_n: 40 },
  }),
  examplePolicy(0),
];

const SITE = {
  'GET /api/session/': ADMIN,
  'GET /api/projects/7/': exampleProject(),
  'GET /api/projects/7/models/': wholeList(POLICIES),
};

it('says what a roll-back withdraws before it happens', async () => {
  const calls = stubSite({ ...SITE, 'POST /api/models/100/activate/': POLICIES[1] });
  renderAddress('/projects/7/models');
  const [button] = await screen.findAllByRole('button', { name: 'Roll back' });
  if (!button) throw new Error('no button');
  await userEvent.click(button);
  const dialog = within(await screen.findByRole('dialog'));
  expect(dialog.getByText(/12 unlabeled pairs of policy 1 are withdrawn/)).toBeVisible();
  await userEvent.click(dialog.getByRole('button', { name: 'Roll back' }));
  await waitFor(() =>
    expect(calls.find(({ path }) => path === '/api/models/100/activate/')?.body).toEqual({ confirm: true }),
  );
});

it('shows metrics with interval and sample size', async () => {
  stubSite(SITE);
  renderAddress('/projects/7/models');
  expect((await screen.findAllByText('(66–90 %, n = 40)'))[0]).toBeVisible();
});

it('walks the lineage of a version both ways', async () => {
  const detail = {
    ...POLICIES[0],
    card: '# Card\n<script>alert(1)</script>',
    lineage: {
      labels: 44,
      snapshot: { id: 1, sha256: '5e1f5e1f5e1f', size: 44 },
      reward_model: { id: 50, number: 1 },
      policy: { id: 100, number: 0 },
      completions: 160,
      comparisons: 60,
      preferences: 7,
    },
  };
  stubSite({ ...SITE, 'GET /api/models/101/': detail });
  renderAddress('/projects/7/models/101');
  expect(await screen.findByRole('heading', { name: 'Policy 1' })).toBeVisible();
  expect(screen.getByText('44 labels')).toBeVisible();
  expect(screen.getByRole('link', { name: 'Reward model 1' })).toHaveAttribute('href', '/projects/7/models/50');
  expect(screen.getByText('7 preferences')).toBeVisible();
  expect(screen.getByText(/<script>alert\(1\)<\/script>/)).toBeVisible();
});
