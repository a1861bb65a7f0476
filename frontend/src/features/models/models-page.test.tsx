import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { ADMIN, examplePolicy, exampleProject, wholeList } from '../../testing/admin-examples';
import { renderAddress } from '../../testing/render-address';
import { ALARMING_REPORT, SPARSE_REPORT, WHOLE_REPORT } from '../../testing/report-examples';
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
    card: '---\nlanguage: en\n---\n# Card\n<script>alert(1)</script>',
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
  expect(screen.queryByText(/language: en/)).not.toBeInTheDocument();
  expect(screen.getByText(/<script>alert\(1\)<\/script>/)).toBeVisible();
});

it('leads from a policy to the checkpoint that it was made of', async () => {
  const detail = {
    ...examplePolicy(2, {
      checkpoint: { id: 320, run_id: 12, step: 20 },
      metrics: { people_win_rate: 0.7, people_win_rate_low: 0.5, people_win_rate_high: 0.85, people_win_rate_n: 12 },
    }),
    card: '',
    lineage: {
      labels: 44,
      snapshot: null,
      reward_model: null,
      policy: null,
      completions: 0,
      comparisons: 0,
      preferences: 0,
    },
  };
  stubSite({ ...SITE, 'GET /api/models/102/': detail });
  renderAddress('/projects/7/models/102');
  const [link] = await screen.findAllByRole('link', { name: 'step 20 of run 12' });
  expect(link).toHaveAttribute('href', '/projects/7/checkpoints/compare?checkpoints=320');
  expect(screen.getByText('Win rate by people')).toBeVisible();
  expect(screen.getByText('(50–85 %, n = 12)')).toBeVisible();
});

it('lists which preferences moved a reward model and how far it believes them', async () => {
  const effect = {
    preference_id: 3,
    comparison_id: 9,
    prompt: [{ role: 'user', content: 'Why?' }],
    completions: [{ text: 'Because.' }, { text: 'No.' }],
    kind: 'prefer',
    winner: 'a',
    strength: 2,
    ranking: null,
    annotator: 'ben',
    before: null,
    after: 0.912,
    held_out: 0.08,
    pull: 0.25,
  };
  stubSite({
    ...SITE,
    'GET /api/models/50/': {
      ...examplePolicy(1, { id: 50, kind: 'reward_model' }),
      card: '',
      lineage: {
        labels: 44,
        snapshot: null,
        reward_model: null,
        policy: null,
        completions: 0,
        comparisons: 0,
        preferences: 0,
      },
    },
    'GET /api/models/50/effects/': wholeList([effect]),
  });
  renderAddress('/projects/7/models/50');
  const row = await screen.findByRole('row', { name: /Why\?/ });
  expect(row).toHaveTextContent('A better');
  expect(row).toHaveTextContent('91.2 %');
  expect(row).toHaveTextContent('+0.250');
});

describe('the report of a reward model', () => {
  const judge = (number: number, part = {}) => ({
    ...examplePolicy(number, { id: 50 + number, kind: 'reward_model', run_id: 11, ...part }),
    card: '',
    lineage: {
      labels: 44,
      snapshot: null,
      reward_model: null,
      policy: null,
      completions: 0,
      comparisons: 0,
      preferences: 0,
    },
  });
  const JUDGES = {
    ...SITE,
    'GET /api/projects/7/models/': wholeList([judge(3), judge(2), judge(1, { run_id: null })]),
    'GET /api/models/53/': judge(3),
    'GET /api/models/53/effects/': wholeList([]),
    'GET /api/models/53/report/': WHOLE_REPORT,
    'GET /api/models/52/report/': ALARMING_REPORT,
  };

  it('is shown with a file to download', async () => {
    stubSite(JUDGES);
    renderAddress('/projects/7/models/53');
    expect(await screen.findByRole('button', { name: /^Accuracy 74 %/ })).toBeVisible();
    const link = screen.getByRole('link', { name: 'Download JSON' });
    expect(link).toHaveAttribute('href', '/api/models/53/report/');
    expect(link).toHaveAttribute('download', 'reward-model-3-report.json');
  });

  it('stands beside that of another version, whose choice is kept in the address', async () => {
    stubSite(JUDGES);
    const { router } = renderAddress('/projects/7/models/53');
    const choice = await screen.findByRole('combobox', { name: 'Compare with' });
    expect(
      within(choice)
        .getAllByRole('option')
        .map((option) => option.textContent),
    ).toEqual(['Compare with…', 'Reward model 2']);
    await userEvent.selectOptions(choice, 'Reward model 2');
    const table = within(await screen.findByRole('region', { name: 'Reward model 3 beside Reward model 2' }));
    expect(table.getByRole('row', { name: /^Accuracy 74 % .* 50 % .* \+24.0 points apart$/ })).toBeVisible();
    expect(router.state.location.search).toEqual({ with: 52 });
  });

  it('is not asked for where no run measured it', async () => {
    const calls = stubSite({ ...JUDGES, 'GET /api/models/53/': judge(3, { run_id: null }) });
    renderAddress('/projects/7/models/53');
    expect(await screen.findByRole('heading', { name: 'Reward model 3' })).toBeVisible();
    expect(calls.some(({ path }) => path.endsWith('/report/'))).toBe(false);
  });

  it('says what a first version on few preferences could not measure', async () => {
    stubSite({ ...JUDGES, 'GET /api/models/53/report/': SPARSE_REPORT });
    renderAddress('/projects/7/models/53');
    expect(await screen.findByText(/no reward model before/)).toBeVisible();
  });
});
