import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { renderAddress } from '../../testing/render-address';
import { assignment, FORM, LABELER, ME, PROJECT } from '../../testing/site-examples';
import { StubbedAnswer, stubSite } from '../../testing/stub-site';

const ROW = {
  preference_id: 11,
  assignment_id: 1,
  prompt: [{ role: 'user', content: 'Question 1?' }],
  left: { text: 'Left reply.' },
  right: { text: 'Right reply.' },
  completions: [{ text: 'Left reply.' }, { text: 'Right reply.' }],
  ranking: null,
  aspects: {},
  flags: {},
  reasons: {},
  ratings: {},
  spans: {},
  edits: {},
  rationale: '',
  kind: 'prefer',
  side: 'left',
  strength: 1,
  created_at: new Date().toISOString(),
};

function site(more: Record<string, unknown>) {
  return stubSite({
    'GET /api/session/': LABELER,
    'GET /api/projects/7/': PROJECT,
    'GET /api/projects/7/me/': ME,
    'GET /api/projects/7/history/': { results: [ROW], next: null, total: 1 },
    ...more,
  });
}

async function openRevision() {
  await userEvent.click(await screen.findByRole('button', { name: /Question 1/ }));
  await userEvent.click(await screen.findByRole('button', { name: 'Revise' }));
}

describe('the history page', () => {
  it('lists own verdicts in words and opens one', async () => {
    site({});
    renderAddress('/projects/7/history');
    const row = await screen.findByRole('button', { name: /Question 1\?.*Left slightly better/ });
    await userEvent.click(row);
    expect(screen.getByRole('region', { name: 'Left' })).toHaveTextContent('chosen');
    expect(screen.getByText('Right reply.')).toBeVisible();
  });

  it('revises a verdict: undo, then the new one on the slot that came back', async () => {
    const calls = site({
      'POST /api/projects/7/undo/': { assignment: assignment(5) },
      'POST /api/projects/7/verdicts/': new StubbedAnswer(201, {}),
    });
    renderAddress('/projects/7/history');
    await openRevision();
    await userEvent.click(screen.getByRole('button', { name: 'Right much better' }));
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(calls.filter(({ method }) => method === 'POST')).toHaveLength(2));
    expect(calls.filter(({ method }) => method === 'POST').map(({ body }) => body)).toMatchObject([
      { assignment_id: 1 },
      { assignment_id: 5, kind: 'prefer', side: 'right', strength: 3 },
    ]);
  });

  it('revises details, which follow their completion when the sides changed', async () => {
    const form = { ...FORM, rating: 5, reasons: [{ key: 'kind', label: 'Kind', description: '', sign: 'good' }] };
    const row = { ...ROW, ratings: { left: 4 }, reasons: { right: ['kind'] }, rationale: 'Warmer.' };
    const turned = { ...assignment(5), completions: [{ text: 'Right reply.' }, { text: 'Left reply.' }] };
    const calls = site({
      'GET /api/projects/7/': { ...PROJECT, form: { ...PROJECT.form, form } },
      'GET /api/projects/7/history/': { results: [row], next: null, total: 1 },
      'POST /api/projects/7/undo/': { assignment: turned },
      'POST /api/projects/7/verdicts/': new StubbedAnswer(201, {}),
    });
    renderAddress('/projects/7/history');
    await openRevision();
    const left = await screen.findByRole('group', { name: 'Left: rating' });
    expect(within(left).getByRole('button', { name: '4 of 5' })).toHaveAttribute('aria-pressed', 'true');
    await userEvent.click(within(left).getByRole('button', { name: '2 of 5' }));
    await userEvent.clear(screen.getByLabelText(/^Why/));
    await userEvent.type(screen.getByLabelText(/^Why/), 'Colder.');
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(calls.filter(({ method }) => method === 'POST')).toHaveLength(2));
    expect(calls.filter(({ method }) => method === 'POST')[1]?.body).toMatchObject({
      side: 'right',
      ratings: { right: 2 },
      reasons: { left: ['kind'] },
      rationale: 'Colder.',
    });
  });

  it('says why a revision was refused', async () => {
    site({ 'POST /api/projects/7/undo/': new StubbedAnswer(409, { code: 'x/y', detail: 'Another labeler has it.' }) });
    renderAddress('/projects/7/history');
    await openRevision();
    await userEvent.click(screen.getByRole('button', { name: 'Tie' }));
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText(/Another labeler has it/)).toBeVisible();
  });

  it('leads to the labeling page when there is nothing yet', async () => {
    site({ 'GET /api/projects/7/history/': { results: [], next: null, total: 0 } });
    renderAddress('/projects/7/history');
    expect(await screen.findByRole('link', { name: 'Start labeling' })).toHaveAttribute('href', '/projects/7/label');
  });

  it('says when it cannot be loaded and tries again', async () => {
    let failing = true;
    site({
      'GET /api/projects/7/history/': () =>
        failing ? new StubbedAnswer(500, {}) : { results: [ROW], next: null, total: 1 },
    });
    renderAddress('/projects/7/history');
    const retry = await screen.findByRole('button', { name: 'Try again' });
    failing = false;
    await userEvent.click(retry);
    expect(await screen.findByText('Question 1?')).toBeVisible();
  });
});
