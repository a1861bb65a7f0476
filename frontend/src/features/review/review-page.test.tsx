import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { ADMIN, exampleProject, wholeList } from '../../testing/admin-examples';
import { renderAddress } from '../../testing/render-address';
import { exampleReview } from '../../testing/review-examples';
import { LABELER } from '../../testing/site-examples';
import { StubbedAnswer, stubSite } from '../../testing/stub-site';

const SITE = { 'GET /api/session/': LABELER, 'GET /api/projects/7/': exampleProject({ role: 'reviewer' }) };

it('settles by keys alone, goes on to the next one and takes it back', async () => {
  let open = [exampleReview(11), exampleReview(12)];
  const calls = stubSite({
    ...SITE,
    'GET /api/projects/7/review/': () => wholeList(open),
    'POST /api/projects/7/review/11/': () => {
      open = [exampleReview(12)];
      return exampleReview(11);
    },
    'DELETE /api/projects/7/review/11/': () => {
      open = [exampleReview(11), exampleReview(12)];
      return new StubbedAnswer(204, null);
    },
  });
  renderAddress('/projects/7/review');
  expect(await screen.findByRole('heading', { name: 'Comparison 11' })).toBeVisible();
  expect(screen.getByText('2 verdicts for A, 1 for B.')).toBeVisible();
  expect(screen.getByText('The reward model gives this verdict 4 %.')).toBeVisible();
  expect(screen.getByText('<b>Second.</b>')).toBeVisible();

  await userEvent.keyboard('e');
  expect(screen.getByRole('checkbox', { name: /Labeler 3 is mistaken/ })).toBeChecked();
  await userEvent.keyboard('n');
  await userEvent.keyboard('1 is right');
  expect(screen.getByRole('textbox', { name: /^Note/ })).toHaveValue('1 is right');
  await userEvent.tab();
  await userEvent.keyboard('{Enter}');
  expect(await screen.findByRole('heading', { name: 'Comparison 12' })).toBeVisible();
  expect(calls.find(({ method }) => method === 'POST')?.body).toEqual({
    outcome: 'mistake',
    mistaken: [103],
    share_a: null,
    note: '1 is right',
  });

  await userEvent.keyboard('u');
  expect(await screen.findByRole('heading', { name: 'Comparison 11' })).toBeVisible();
  expect(calls.some(({ method }) => method === 'DELETE')).toBe(true);
});

it('lets nobody settle what they judged themselves', async () => {
  const calls = stubSite({
    ...SITE,
    'GET /api/projects/7/review/': wholeList([exampleReview(11, { can_settle: false })]),
  });
  renderAddress('/projects/7/review');
  expect(await screen.findByText('You judged this comparison yourself')).toBeVisible();
  await userEvent.keyboard('3{Enter}');
  expect(calls.some(({ method }) => method === 'POST')).toBe(false);
});

it('says what brings comparisons here when there are none', async () => {
  stubSite({ ...SITE, 'GET /api/projects/7/review/': wholeList([]) });
  renderAddress('/projects/7/review');
  expect(await screen.findByRole('heading', { name: 'Nothing to review' })).toBeVisible();
  expect(screen.getByText(/overlap of two or more/)).toBeVisible();
});

it('says why a decision was not saved and keeps it', async () => {
  stubSite({
    ...SITE,
    'GET /api/session/': ADMIN,
    'GET /api/projects/7/review/': wholeList([exampleReview(11)]),
    'POST /api/projects/7/review/11/': new StubbedAnswer(409, { code: 'review/own-verdict', detail: 'You judged it.' }),
  });
  renderAddress('/projects/7/review');
  await screen.findByRole('heading', { name: 'Comparison 11' });
  await userEvent.keyboard('3{Enter}');
  expect(await screen.findByRole('alert')).toHaveTextContent('You judged it.');
  expect(screen.getByRole('radio', { name: /Unclear/ })).toBeChecked();
});

it('lists settled ones with their decision and shows reviewers only their pages', async () => {
  const review = {
    outcome: 'value_difference' as const,
    mistaken: [],
    share_a: 0.7,
    note: 'Taste.',
    created_at: '2026-05-01T10:00:00Z',
    mine: true,
  };
  const calls = stubSite({ ...SITE, 'GET /api/projects/7/review/': wholeList([exampleReview(11, { review })]) });
  renderAddress('/projects/7/review?state=settled');
  expect(await screen.findByRole('heading', { name: 'Comparison 11: value difference' })).toBeVisible();
  expect(screen.getByText(/70 % prefer A/)).toBeVisible();
  await waitFor(() => expect(calls.some(({ path }) => path.endsWith('/review/'))).toBe(true));
  expect(screen.getByRole('link', { name: 'Review' })).toBeVisible();
  expect(screen.queryByRole('link', { name: 'Members' })).toBeNull();
});
