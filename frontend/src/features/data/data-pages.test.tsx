import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import type { PreferenceRow, QueueState } from '../../lib/api-types';
import { ADMIN, exampleProject, wholeList } from '../../testing/admin-examples';
import { renderAddress } from '../../testing/render-address';
import { stubSite } from '../../testing/stub-site';

const SITE = { 'GET /api/session/': ADMIN, 'GET /api/projects/7/': exampleProject() };

const PREFERENCE: PreferenceRow = {
  id: 1,
  comparison_id: 9,
  comparison_kind: 'normal',
  prompt: [{ role: 'user', content: 'How do I say sorry?' }],
  completion_a: { id: 1, text: 'Just say it.', policy_number: 0 },
  completion_b: { id: 2, text: '<img src=x onerror=alert(1)>', policy_number: 1 },
  kind: 'prefer',
  winner: 'a',
  strength: 3,
  annotator: 'ben',
  rationale: '',
  flags: {},
  guidelines_number: 1,
  active_ms: 4200,
  created_at: '2026-05-01T10:00:00Z',
  superseded_at: null,
};

const EMPTY_QUEUE: QueueState = {
  open: 0,
  leased: 0,
  done: 12,
  withdrawn: 0,
  by_policy: [],
  by_strategy: [],
  next: [],
  verdicts_per_hour_24h: [{ hour: '2026-05-01T10:00:00Z', n: 12 }],
};

it('shows an empty queue with what fills it', async () => {
  stubSite({ ...SITE, 'GET /api/projects/7/queue/': EMPTY_QUEUE });
  renderAddress('/projects/7/queue');
  expect(await screen.findByRole('heading', { name: 'The queue is empty' })).toBeVisible();
  expect(screen.getByText(/12 in all, at most 12 in an hour/)).toBeVisible();
});

it('opens a preference to its full texts, hostile ones as text', async () => {
  stubSite({
    ...SITE,
    'GET /api/projects/7/preferences/': wholeList([PREFERENCE]),
    'GET /api/projects/7/members/': wholeList([]),
  });
  renderAddress('/projects/7/preferences');
  expect(await screen.findByText('A much better')).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'How do I say sorry?' }));
  expect(screen.getByText('Just say it.')).toBeVisible();
  expect(screen.getByText('<img src=x onerror=alert(1)>')).toBeVisible();
  expect(screen.getByText('A, preferred, written by policy 0')).toBeVisible();
});

it('keeps the filter in the address and asks the server with it', async () => {
  const calls = stubSite({
    ...SITE,
    'GET /api/projects/7/preferences/': wholeList([]),
    'GET /api/projects/7/members/': wholeList([]),
  });
  const { router } = renderAddress('/projects/7/preferences?kind=tie');
  expect(await screen.findByRole('heading', { name: 'No preference fits the filter' })).toBeVisible();
  await userEvent.click(screen.getByRole('checkbox', { name: 'Also undone ones' }));
  await waitFor(() => expect(router.state.location.search).toEqual({ kind: 'tie', superseded: true }));
  expect(calls.some(({ path }) => path.endsWith('/preferences/'))).toBe(true);
});

it('offers the export with what the format cannot carry', async () => {
  stubSite({
    ...SITE,
    'GET /api/projects/7/export/manifest/': { rows: 30, ties_dropped: 4, both_bad_dropped: 1, cannot_judge_dropped: 0 },
  });
  renderAddress('/projects/7/data');
  const link = await screen.findByRole('link', { name: 'Download 30 rows' });
  expect(link).toHaveAttribute('href', '/api/projects/7/export/?format=trl&ties=drop');
  await userEvent.click(screen.getByRole('radio', { name: 'Write them both ways' }));
  await waitFor(() =>
    expect(screen.getByRole('link', { name: 'Download 30 rows' })).toHaveAttribute(
      'href',
      '/api/projects/7/export/?format=trl&ties=both',
    ),
  );
});
