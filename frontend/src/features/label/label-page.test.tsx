import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { renderAddress } from '../../testing/render-address';
import { assignment, claim, FORM, LABELER, ME, PROJECT } from '../../testing/site-examples';
import { StubbedAnswer, type StubbedCall, stubSite } from '../../testing/stub-site';
import { IndexedDbOutbox } from './outbox-store';

const BASE = 'POST /api/projects/7';

function site(claims: unknown[], more: Record<string, unknown> = {}): StubbedCall[] {
  let made = 0;
  return stubSite({
    'GET /api/session/': LABELER,
    'GET /api/projects/7/': PROJECT,
    'GET /api/projects/7/me/': ME,
    [`${BASE}/claim/`]: () => claims[Math.min(made++, claims.length - 1)],
    [`${BASE}/verdicts/`]: new StubbedAnswer(201, {
      preference_id: 1,
      comparison_id: 1,
      replayed: false,
    }),
    [`${BASE}/skips/`]: { assignment_id: 1 },
    [`${BASE}/undo/`]: ({ body }: StubbedCall) => ({
      assignment: assignment((body as { assignment_id: number }).assignment_id),
    }),
    [`${BASE}/release/`]: new StubbedAnswer(204, null),
    ...more,
  });
}

const sent = (calls: StubbedCall[], what: string) => calls.filter(({ path }) => path.endsWith(`/${what}/`));
const promptShown = () => within(screen.getByRole('region', { name: 'Prompt' }));

beforeEach(async () => {
  window.localStorage.clear();
  await new IndexedDbOutbox().save('2:7', []);
});

describe('the labeling page', () => {
  it('shows the prompt and both completions, and nothing about who wrote them', async () => {
    site([claim([1, 2, 3])]);
    renderAddress('/projects/7/label');
    expect(await screen.findByText('Question 1?')).toBeVisible();
    expect(screen.getByRole('region', { name: 'Left completion' })).toHaveTextContent('Left reply 1.');
    expect(screen.getByRole('region', { name: 'Right completion' })).toHaveTextContent('Right reply 1.');
    expect(document.body.textContent).not.toMatch(/policy \d|reward/i);
  });

  it('shows the next pair at a key and sends the verdict with an id of its own', async () => {
    const calls = site([claim([1, 2, 3]), claim([], 'empty')]);
    renderAddress('/projects/7/label');
    await screen.findByText('Question 1?');
    await userEvent.keyboard('6');
    expect(promptShown().getByText('Question 2?')).toBeVisible();
    await waitFor(() => expect(sent(calls, 'verdicts')).toHaveLength(1));
    expect(sent(calls, 'verdicts')[0]?.body).toMatchObject({
      assignment_id: 1,
      kind: 'prefer',
      side: 'right',
      strength: 2,
      client_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('takes verdicts by button as well and says them aloud', async () => {
    const calls = site([claim([1, 2, 3])]);
    renderAddress('/projects/7/label');
    await screen.findByText('Question 1?');
    await userEvent.click(screen.getByRole('button', { name: 'Left Much better' }));
    await userEvent.click(screen.getByRole('button', { name: 'Both bad' }));
    await waitFor(() => expect(sent(calls, 'verdicts')).toHaveLength(2));
    expect(sent(calls, 'verdicts').map(({ body }) => body)).toMatchObject([
      { assignment_id: 1, side: 'left', strength: 3 },
      { assignment_id: 2, kind: 'both_bad', side: null },
    ]);
    expect(screen.getByText(/^Both bad\. Step 2/)).toBeInTheDocument();
  });

  it('goes back with Z and sends the undo of what had arrived', async () => {
    const calls = site([claim([1, 2, 3])]);
    renderAddress('/projects/7/label');
    await screen.findByText('Question 1?');
    await userEvent.keyboard('4');
    await waitFor(() => expect(sent(calls, 'verdicts')).toHaveLength(1));
    await userEvent.keyboard('z');
    expect(promptShown().getByText('Question 1?')).toBeVisible();
    await waitFor(() => expect(sent(calls, 'undo')).toHaveLength(1));
    expect(sent(calls, 'undo')[0]?.body).toMatchObject({ assignment_id: 1 });
  });

  it('counts verdicts that the site does not know yet', async () => {
    site([claim([1, 2, 3])], { [`${BASE}/verdicts/`]: new StubbedAnswer(503, {}) });
    renderAddress('/projects/7/label');
    await screen.findByText('Question 1?');
    await screen.findByText(/^80/);
    await userEvent.keyboard('12');
    expect(await screen.findByText(/2 verdicts are waiting to be sent/)).toBeVisible();
    expect(screen.getByText('Today').nextSibling).toHaveTextContent('6');
    expect(screen.getByText('Project').nextSibling).toHaveTextContent('82 of 120');
    expect(screen.getByText('Session').nextSibling).toHaveTextContent('2 in 00:');
  });

  it('keeps keys that are typed into a field for the field', async () => {
    const calls = site([claim([1, 2, 3])]);
    renderAddress('/projects/7/label');
    await screen.findByText('Question 1?');
    await userEvent.keyboard('{Shift>}S{/Shift}');
    await userEvent.type(await screen.findByLabelText('In your words'), 'zone 51{enter}');
    await waitFor(() => expect(sent(calls, 'skips')).toHaveLength(1));
    expect(sent(calls, 'skips')[0]?.body).toMatchObject({ assignment_id: 1, reason: 'zone 51' });
    expect(sent(calls, 'verdicts')).toHaveLength(0);
  });

  it('opens the guidelines with G, with their version', async () => {
    site([claim([1, 2])]);
    renderAddress('/projects/7/label');
    await screen.findByText('Question 1?');
    await userEvent.keyboard('g');
    expect(await screen.findByText(/Version 2/)).toBeVisible();
    expect(screen.getByText('kinder').tagName).toBe('STRONG');
  });

  it('offers only what the form offers', async () => {
    const form = { ...FORM, strengths: 1, tie: false, both_bad: false, skip: false };
    site([{ ...claim([1, 2]), form }]);
    renderAddress('/projects/7/label');
    await screen.findByText('Question 1?');
    const names = within(screen.getByRole('region', { name: 'Verdict' }))
      .getAllByRole('button')
      .map((button) => button.textContent);
    expect(names).toEqual(['UndoZ', 'Left Better2', 'Right Better6']);
  });

  it('leads to the guidelines before the first pair, until they were opened', async () => {
    site([claim([1, 2])]);
    renderAddress('/projects/7/label');
    expect(await screen.findByText(/Read the guidelines/)).toBeVisible();
    await userEvent.keyboard('g');
    await waitFor(() => expect(screen.queryByText(/Read the guidelines/)).toBeNull());
    expect(window.localStorage.getItem('prefloop-guidelines-read-7')).toBe('2');
  });

  it('says once what changed in the guidelines, and tells the site that it was seen', async () => {
    const me = { ...ME, guidelines_changed: { number: 2, changes: 'Ties are allowed now.' } };
    const calls = site([claim([1, 2])], {
      'GET /api/projects/7/me/': me,
      [`${BASE}/guidelines/seen/`]: new StubbedAnswer(204, null),
    });
    renderAddress('/projects/7/label');
    expect(await screen.findByText(/version 2: Ties are allowed now\./)).toBeVisible();
    await waitFor(() => expect(sent(calls, 'seen')).toHaveLength(1));
    expect(sent(calls, 'seen')[0]?.body).toEqual({ number: 2 });
  });

  it('tells once that a newer policy writes the pairs', async () => {
    window.localStorage.setItem('prefloop-policy-seen-7', '0');
    site([claim([1, 2])]);
    const { unmount } = renderAddress('/projects/7/label');
    expect(await screen.findByText(/written by policy 1/)).toBeVisible();
    unmount();
    renderAddress('/projects/7/label');
    await screen.findByText('Question 1?');
    expect(screen.queryByText(/written by policy 1/)).toBeNull();
  });
});

describe('ways of looking', () => {
  it('shows one completion at a time on demand, and the other at a key', async () => {
    site([claim([1, 2, 3])]);
    renderAddress('/projects/7/label');
    await screen.findByText('Question 1?');
    await userEvent.keyboard('ll');
    expect(screen.getByRole('region', { name: 'Left completion' })).toBeVisible();
    expect(screen.queryByRole('region', { name: 'Right completion' })).toBeNull();
    await userEvent.keyboard('x');
    expect(screen.getByRole('region', { name: 'Right completion' })).toHaveTextContent('Right reply 1.');
    expect(screen.queryByRole('region', { name: 'Left completion' })).toBeNull();
  });

  it('obeys keys of one’s own, which stay on this device', async () => {
    const calls = site([claim([1, 2, 3])]);
    const { unmount } = renderAddress('/projects/7/label');
    await screen.findByText('Question 1?');
    await userEvent.keyboard('?');
    await userEvent.click(await screen.findByRole('button', { name: /change the key of Left much better/ }));
    await userEvent.keyboard('g');
    expect(
      await screen.findByText(/G is now “Left much better”\. It was “Guidelines”, which has no key now/),
    ).toBeVisible();
    unmount();
    renderAddress('/projects/7/label');
    await screen.findByText('Question 1?');
    await userEvent.keyboard('g');
    await waitFor(() => expect(sent(calls, 'verdicts')).toHaveLength(1));
    expect(sent(calls, 'verdicts')[0]?.body).toMatchObject({ side: 'left', strength: 3 });
  });
});

describe('with nothing to judge', () => {
  it('tells who was paused why', async () => {
    site([{ ...claim([], 'paused'), message: 'Please call me.' }]);
    renderAddress('/projects/7/label');
    expect(await screen.findByText(/Their reason: Please call me\./)).toBeVisible();
  });

  it.each([
    ['sampling', 'A round is under way'],
    ['all-done-by-you', 'All done by you'],
    ['empty', 'The queue is empty'],
    ['archived', 'This project is archived'],
    ['paused', 'An admin has paused you'],
    ['daily-cap', 'That is all for today'],
    ['project-cap', 'The project has enough for today'],
    ['warm-up-failed', 'The warm-up did not go well enough'],
  ] as const)('says why: %s', async (reason, title) => {
    site([claim([], reason)]);
    renderAddress('/projects/7/label');
    expect(await screen.findByRole('heading', { name: title })).toBeVisible();
  });

  it('shows new comparisons when asked to look again', async () => {
    site([claim([], 'empty'), claim([5])]);
    renderAddress('/projects/7/label');
    await userEvent.click(await screen.findByRole('button', { name: 'Look again' }));
    expect(await screen.findByText('Question 5?')).toBeVisible();
  });

  it('keeps the focus on the screen when the last pair is gone', async () => {
    site([claim([1]), claim([], 'empty')]);
    renderAddress('/projects/7/label');
    await screen.findByText('Question 1?');
    await userEvent.click(screen.getByRole('button', { name: 'Tie' }));
    await screen.findByRole('heading', { name: 'The queue is empty' });
    await act(async () => undefined);
    expect(screen.getByRole('region', { name: 'Labeling' })).toHaveFocus();
  });

  it('says what failed and how to try again', async () => {
    site([new StubbedAnswer(500, {})]);
    renderAddress('/projects/7/label');
    expect(await screen.findByText(/The server failed \(500\)/)).toBeVisible();
  });
});
