import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { renderAddress } from '../../testing/render-address';
import { assignment, claim, FORM, LABELER, ME, PROJECT } from '../../testing/site-examples';
import { StubbedAnswer, type StubbedCall, stubSite } from '../../testing/stub-site';
import { IndexedDbOutbox } from './outbox-store';

const BASE = 'POST /api/projects/7';
const choice = (key: string, label: string) => ({ key, label, description: '' });
const RICH = {
  ...FORM,
  both_good: true,
  cannot_judge: true,
  aspects: [
    { ...choice('helpful', 'Helpful'), strengths: 3, tie: true, required: true },
    { ...choice('honest', 'Honest'), strengths: 1, tie: true, required: false },
  ],
  flags: [choice('harm', 'Harmful'), choice('private', 'Private data')],
  reasons: [
    { ...choice('clear', 'Clear'), sign: 'good' },
    { ...choice('wrong', 'Wrong'), sign: 'bad' },
  ],
  rating: 5,
  rationale: 'required',
  rationale_min: 5,
  highlights: true,
  edit: true,
} as typeof FORM;
const OPTIONAL = { ...RICH, aspects: [], rationale: 'optional', rationale_min: 0 } as typeof FORM;

function site(form: typeof FORM, more: Record<string, unknown> = {}) {
  const calls = stubSite({
    'GET /api/session/': LABELER,
    'GET /api/projects/7/': PROJECT,
    'GET /api/projects/7/me/': ME,
    [`${BASE}/claim/`]: { ...claim([1, 2, 3]), form },
    [`${BASE}/verdicts/`]: new StubbedAnswer(201, {
      preference_id: 1,
      comparison_id: 1,
      mine_total: 1,
      feedback: null,
    }),
    [`${BASE}/skips/`]: { assignment_id: 1 },
    [`${BASE}/undo/`]: ({ body }: StubbedCall) => ({
      assignment: assignment((body as { assignment_id: number }).assignment_id),
    }),
    [`${BASE}/release/`]: new StubbedAnswer(204, null),
    ...more,
  });
  return () => calls.filter(({ path }) => path.endsWith('/verdicts/')).map(({ body }) => body);
}

const group = (name: string) => screen.findByRole('group', { name });
const press = async (where: string, name: string) =>
  userEvent.click(within(await group(where)).getByRole('button', { name }));
async function open() {
  renderAddress('/projects/7/label');
  await screen.findByText('Question 1?');
}

beforeEach(async () => {
  window.localStorage.clear();
  window.localStorage.setItem('prefloop-guidelines-read-7', '2');
  await new IndexedDbOutbox().save('2:7', []);
});

describe('every kind of verdict', () => {
  it.each([
    ['1', { kind: 'prefer', side: 'left', strength: 3 }],
    ['4', { kind: 'tie', side: null }],
    ['0', { kind: 'both_bad', side: null }],
    ['9', { kind: 'both_good', side: null }],
    ['c', { kind: 'cannot_judge', side: null }],
  ])('%s is sent at once when nothing else is asked', async (key, body) => {
    const verdicts = site(OPTIONAL);
    await open();
    await userEvent.keyboard(key);
    expect(within(screen.getByRole('region', { name: 'Prompt' })).getByText('Question 2?')).toBeVisible();
    await waitFor(() => expect(verdicts()).toMatchObject([body]));
  });

  it('ranks six with ties by numbers and sends with Enter', async () => {
    const texts = [1, 2, 3, 4, 5, 6].map((number) => ({ text: `Reply ${number}.` }));
    const ranked = { ...claim([1]), form: FORM, assignments: [{ ...assignment(1), completions: texts }] };
    const verdicts = site(FORM, { [`${BASE}/claim/`]: ranked });
    await open();
    await userEvent.keyboard('3');
    await screen.findByText(/^3 > …$/);
    await userEvent.keyboard('1{Backspace}');
    expect(screen.getByText(/^3 > …$/)).toBeVisible();
    await userEvent.keyboard('1=652');
    expect(await screen.findByText(/^3 > 1 = 6 > 5 > 2 > …$/)).toBeVisible();
    // The only one that is left takes the last place.
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(verdicts()).toMatchObject([{ kind: 'rank', ranking: [2, 4, 1, 5, 3, 2] }]));
  });
});

describe('optional details', () => {
  it('travel with the verdict that one key sends', async () => {
    const verdicts = site(OPTIONAL);
    await open();
    await press('Left: reasons', 'Clear');
    await press('Right: reasons', 'Wrong');
    await press('Right: safety flags', 'Private data');
    await press('Left: rating', '4 of 5');
    await userEvent.keyboard('r');
    await userEvent.type(await screen.findByLabelText(/^Why/), 'Shorter 12{Escape}');
    await userEvent.keyboard('1');
    await waitFor(() =>
      expect(verdicts()).toMatchObject([
        {
          kind: 'prefer',
          side: 'left',
          reasons: { left: ['clear'], right: ['wrong'] },
          flags: { right: ['private'] },
          ratings: { left: 4 },
          rationale: 'Shorter 12',
        },
      ]),
    );
  });

  it('are given by key: the part’s own key leads there, its digits choose, Escape leads back', async () => {
    const verdicts = site(OPTIONAL);
    await open();
    await group('Left: reasons');
    await userEvent.keyboard('w1');
    await userEvent.keyboard('w2');
    await userEvent.keyboard('v5{Escape}6');
    await waitFor(() =>
      expect(verdicts()).toMatchObject([
        { side: 'right', reasons: { left: ['clear'], right: ['wrong'] }, ratings: { left: 5 } },
      ]),
    );
  });

  it('belong to their pair: gone on the next, back after undo', async () => {
    site(OPTIONAL);
    await open();
    await press('Left: rating', '4 of 5');
    await userEvent.keyboard('1');
    const rating = await group('Left: rating');
    expect(within(rating).getByRole('button', { name: '4 of 5' })).toHaveAttribute('aria-pressed', 'false');
    await userEvent.keyboard('z');
    await waitFor(() =>
      expect(within(rating).getByRole('button', { name: '4 of 5' })).toHaveAttribute('aria-pressed', 'true'),
    );
  });

  it('hold a corrected text, given with a key and shown against the original', async () => {
    const verdicts = site(OPTIONAL);
    await open();
    await userEvent.keyboard('e');
    const field = await screen.findByLabelText('Corrected text: Left');
    await waitFor(() => expect(field).toHaveFocus());
    await userEvent.type(field, ' Better.{Escape}');
    await userEvent.keyboard('1');
    await waitFor(() => expect(verdicts()).toMatchObject([{ edits: { left: 'Left reply 1. Better.' } }]));
  });

  it('hold marked passages, found word by word with arrows', async () => {
    const verdicts = site(OPTIONAL);
    await open();
    await userEvent.keyboard('h');
    const text = await screen.findByRole('application', { name: 'Mark passages: Left' });
    await waitFor(() => expect(text).toHaveFocus());
    await userEvent.keyboard('{ArrowRight}{Shift>}{ArrowRight}{/Shift}-');
    await userEvent.keyboard('{Enter}');
    await userEvent.type(screen.getByLabelText('Why this passage'), 'vague{Enter}');
    await userEvent.keyboard('{Escape}1');
    await waitFor(() =>
      expect(verdicts()).toMatchObject([{ spans: { left: [{ start: 5, end: 12, sign: 'bad', reason: 'vague' }] } }]),
    );
  });
});

describe('the scale of an aspect', () => {
  it('shows the outermost of the keys that mean its last step, on both sides', async () => {
    site(RICH);
    await open();
    const honest = within(await group('Honest'));
    expect(honest.getByRole('button', { name: /^Left/ })).toHaveTextContent('1');
    expect(honest.getByRole('button', { name: /^Right/ })).toHaveTextContent('7');
  });
});

describe('required details', () => {
  it('keep the verdict until they are given, lead to the first and say what is missing', async () => {
    const verdicts = site(RICH);
    await open();
    await group('Helpful');
    await userEvent.keyboard('1');
    expect(screen.getByText('Answer “Helpful” and say why (5 characters).')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Left Much better' })).toHaveAttribute('aria-pressed', 'true');
    // The verdict's keys answer the aspect that has the focus, then the rationale gets it.
    await userEvent.keyboard('7');
    await waitFor(() => expect(screen.getByLabelText(/^Why/)).toHaveFocus());
    await userEvent.keyboard('Kind');
    expect(screen.getByText('Write 1 more character.')).toBeVisible();
    await userEvent.keyboard('er.{Control>}{Enter}{/Control}');
    await waitFor(() =>
      expect(verdicts()).toMatchObject([
        {
          side: 'left',
          strength: 3,
          aspects: { helpful: { kind: 'prefer', side: 'right', strength: 3 } },
          rationale: 'Kinder.',
        },
      ]),
    );
  });

  it('are not asked of somebody who cannot judge', async () => {
    const verdicts = site(RICH);
    await open();
    await userEvent.keyboard('c');
    await waitFor(() => expect(verdicts()).toMatchObject([{ kind: 'cannot_judge' }]));
  });
});

describe('the warm-up', () => {
  const known = { ...claim([1, 2]), warm_up: { done: 0, of: 2, correct: 0, passed: null } };
  const told = (feedback: unknown) =>
    new StubbedAnswer(201, { preference_id: 1, comparison_id: 1, mine_total: 1, feedback });

  it('shows what was expected and waits for a key', async () => {
    const feedback = {
      correct: false,
      expected: { kind: 'prefer', side: 'right', strength: null },
      explanation: 'The left one makes a fact up.',
    };
    site(FORM, { [`${BASE}/claim/`]: known, [`${BASE}/verdicts/`]: told(feedback) });
    await open();
    await userEvent.keyboard('1');
    expect(await screen.findByText('Not as expected')).toBeVisible();
    expect(screen.getByText(/Expected: right\./)).toBeVisible();
    expect(screen.getByText('The left one makes a fact up.')).toBeVisible();
    await userEvent.keyboard('7z');
    expect(within(screen.getByRole('region', { name: 'Prompt' })).getByText('Question 1?')).toBeVisible();
    await userEvent.keyboard('{Enter}');
    expect(within(screen.getByRole('region', { name: 'Prompt' })).getByText('Question 2?')).toBeVisible();
  });

  it('ends in words', async () => {
    const last = { ...known, assignments: [assignment(1)], warm_up: { ...known.warm_up, of: 1 } };
    const verdicts = site(FORM, {
      [`${BASE}/claim/`]: () => (verdicts().length === 0 ? last : { ...claim([2]), warm_up: null }),
      [`${BASE}/verdicts/`]: told({ correct: true, expected: null, explanation: '' }),
    });
    await open();
    await userEvent.keyboard('1');
    expect(await screen.findByText('Right', { selector: 'strong' })).toBeVisible();
    await userEvent.keyboard('{Enter}');
    expect(await screen.findByText(/Warm-up done: 1 of 1 right/)).toBeVisible();
  });
});

describe('sensitive projects', () => {
  it('warn before the first pair and keep texts covered until a key uncovers them', async () => {
    const verdicts = site(FORM, {
      'GET /api/projects/7/me/': { ...ME, content_warning: 'Texts about violence.', blur: true },
    });
    renderAddress('/projects/7/label');
    expect(await screen.findByText('Texts about violence.')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Go on' }));
    await screen.findByText(/Covered/);
    await userEvent.keyboard('1');
    expect(verdicts()).toEqual([]);
    await userEvent.keyboard('u');
    expect(screen.queryByText(/Covered/)).toBeNull();
    await userEvent.keyboard('1');
    await waitFor(() => expect(verdicts()).toHaveLength(1));
    expect(await screen.findByText(/Covered/)).toBeVisible();
  });
});
