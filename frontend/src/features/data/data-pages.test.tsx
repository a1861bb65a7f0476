import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import type { PreferenceRow, QueueChoice, QueueState } from '../../lib/api-types';
import { ADMIN, exampleProject, PLAIN_FORM, QUEUE_SETTINGS, wholeList } from '../../testing/admin-examples';
import { renderAddress } from '../../testing/render-address';
import { StubbedAnswer, stubSite } from '../../testing/stub-site';

const SITE = { 'GET /api/session/': ADMIN, 'GET /api/projects/7/': exampleProject({ settings: QUEUE_SETTINGS }) };

const PREFERENCE: PreferenceRow = {
  id: 1,
  comparison_id: 9,
  comparison_kind: 'normal',
  prompt: [{ role: 'user', content: 'How do I say sorry?' }],
  completion_a: { id: 1, text: 'Just say it.', policy_number: 0, checkpoint: null },
  completion_b: { id: 2, text: '<img src=x onerror=alert(1)>', policy_number: 1, checkpoint: null },
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
  more: [],
  ranking: null,
  aspects: {},
  reasons: {},
  ratings: {},
  spans: {},
  edits: {},
  derived_from: null,
  excluded: null,
  form_number: 1,
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
  stubSite({ ...SITE, 'GET /api/projects/7/queue/': EMPTY_QUEUE, 'GET /api/projects/7/queue/choice/': NO_CHOICE });
  renderAddress('/projects/7/queue');
  expect(await screen.findByRole('heading', { name: 'The queue is empty' })).toBeVisible();
  expect(screen.getByText(/12 in all, at most 12 in an hour/)).toBeVisible();
});

const NO_CHOICE: QueueChoice = {
  round_number: null,
  chosen_by: [],
  tags: [],
  tags_total: 0,
  live: { comparisons: 0, corrected: null, as_chosen: null, gap: null, alarm: false },
};

const CHOICE: QueueChoice = {
  round_number: 3,
  chosen_by: [
    { strategy: 'composite', comparisons: 45, information: Math.LN2 / 4, agreement: 0.7, seconds: 21.4, inclusion: 1 },
    { strategy: 'uniform', comparisons: 15, information: null, agreement: null, seconds: null, inclusion: 0.05 },
  ],
  tags: [{ tag: '<b>law</b>', prompts: 40, labeled: 2, verdicts: 3, prompts_per_verdict: 10 }],
  tags_total: 14,
  live: {
    comparisons: 60,
    corrected: { value: 0.9, low: 0.8, high: 0.95, n: 60 },
    as_chosen: { value: 0.6, low: 0.5, high: 0.7, n: 60 },
    gap: { value: 0.3, low: 0.2, high: 0.4, n: 60 },
    alarm: true,
  },
};

it('tells pairs of checkpoints from imported ones', async () => {
  const by_policy = [
    { policy_number: 1, of_checkpoint: false, open: 5 },
    { policy_number: null, of_checkpoint: false, open: 2 },
    { policy_number: null, of_checkpoint: true, open: 3 },
  ];
  stubSite({
    ...SITE,
    'GET /api/projects/7/queue/': { ...EMPTY_QUEUE, open: 10, by_policy },
    'GET /api/projects/7/queue/choice/': NO_CHOICE,
  });
  renderAddress('/projects/7/queue');
  expect(await screen.findByRole('row', { name: 'policy 1 5 50 %' })).toBeVisible();
  expect(screen.getByRole('row', { name: 'imported 2 20 %' })).toBeVisible();
  expect(screen.getByRole('row', { name: 'checkpoints of a tuning run 3 30 %' })).toBeVisible();
});

it('tells how pairs were chosen, where labels are missing and what a plain average would hide', async () => {
  stubSite({ ...SITE, 'GET /api/projects/7/queue/': EMPTY_QUEUE, 'GET /api/projects/7/queue/choice/': CHOICE });
  renderAddress('/projects/7/queue');
  const chosen = within(await screen.findByRole('region', { name: 'Pairs chosen by round 3' }));
  expect(chosen.getByRole('row', { name: /disagreement, coverage.* 75 % \(45\) 0.250 bit 70 % 21.4 s/ })).toBeVisible();
  expect(chosen.getByRole('row', { name: /chance 25 % \(15\) – – – 0.050/ })).toBeVisible();
  expect(screen.getByRole('row', { name: '<b>law</b> 40 5 % 3 10.0' })).toBeVisible();
  expect(screen.getByText('13 tags with better coverage not shown.')).toBeVisible();
  expect(screen.getByText('+30.0 points')).toBeVisible();
  expect(screen.getByText('The chosen pairs are not like the others')).toBeVisible();
});

it('explains how pairs are composed, and meters what is new and preferred', async () => {
  const round = (number: number, part: object) => ({
    round_number: number,
    policy: 2.5,
    base: 2.1,
    preferred: null,
    won: null,
    discoveries: null,
    ...part,
  });
  stubSite({
    ...SITE,
    'GET /api/projects/7/': exampleProject({
      settings: { ...QUEUE_SETTINGS, queue: { ...QUEUE_SETTINGS.queue, exploration: 'anchored' } },
    }),
    'GET /api/projects/7/queue/': EMPTY_QUEUE,
    'GET /api/projects/7/queue/choice/': NO_CHOICE,
    'GET /api/projects/7/novelty/': {
      rounds: [
        round(2, { preferred: 2.7, won: { value: 0.6, low: 0.4, high: 0.78, n: 20 }, discoveries: 3 }),
        round(1, {}),
      ],
    },
  });
  renderAddress('/projects/7/queue');
  expect(await screen.findByText('Anchored.')).toBeVisible();
  const novelty = within(await screen.findByRole('region', { name: 'Novelty by round' }));
  expect(novelty.getByRole('row', { name: '2 2.50 2.10 2.70 60 % (40–78 %, n = 20) 3' })).toBeVisible();
  expect(novelty.getByRole('row', { name: '1 2.50 2.10 – not judged too few to tell' })).toBeVisible();
  expect(screen.getByRole('img', { name: /preferred: from 2.70 at 2/ })).toBeInTheDocument();
});

it('says when no round has tuned a policy', async () => {
  stubSite({
    ...SITE,
    'GET /api/projects/7/queue/': EMPTY_QUEUE,
    'GET /api/projects/7/queue/choice/': NO_CHOICE,
    'GET /api/projects/7/novelty/': { rounds: [] },
  });
  renderAddress('/projects/7/queue');
  expect(await screen.findByText(/No round has tuned a policy yet/)).toBeVisible();
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

it('leads to the checkpoints that wrote the completions of a check', async () => {
  const at = (id: number, step: number) => ({
    id,
    text: `Step ${step}.`,
    policy_number: null,
    checkpoint: { id, run_id: 12, step },
  });
  stubSite({
    ...SITE,
    'GET /api/projects/7/preferences/': wholeList([
      { ...PREFERENCE, completion_a: at(310, 40), completion_b: at(300, 0) },
      { ...PREFERENCE, id: 2, completion_a: { ...at(1, 0), checkpoint: null } },
    ]),
    'GET /api/projects/7/members/': wholeList([]),
  });
  renderAddress('/projects/7/preferences');
  const tuned = await screen.findByRole('link', { name: 'step 40 of run 12' });
  expect(tuned).toHaveAttribute('href', '/projects/7/checkpoints/compare?checkpoints=310');
  expect(tuned.closest('td')).toHaveTextContent('step 40 of run 12 and step 0 of run 12');
  expect(screen.getByRole('cell', { name: '– and 1' })).toBeVisible();
  await userEvent.click(screen.getAllByRole('button', { name: 'How do I say sorry?' })[0] as HTMLElement);
  expect(screen.getByText(/^A, preferred, written at/)).toHaveTextContent('A, preferred, written at step 40 of run 12');
});

const DETAILED: PreferenceRow = {
  ...PREFERENCE,
  completion_a: { id: 1, text: 'A 👍 good start, bad end', policy_number: 0, checkpoint: null },
  kind: 'tie',
  winner: null,
  strength: null,
  aspects: { helpful: { kind: 'prefer', winner: 'b', strength: 1 } },
  flags: { b: ['hate'] },
  reasons: { a: ['clear'] },
  ratings: { a: 4 },
  spans: { a: [{ start: 2, end: 8, sign: 'good', reason: 'warm' }] },
  edits: { a: 'A better text.' },
  excluded: 'Clicked without reading.',
  form_number: 3,
};

it('shows everything that was said with a verdict, in the words of the form', async () => {
  const form = {
    ...PLAIN_FORM,
    aspects: [{ key: 'helpful', label: 'Helpful', description: '', strengths: 1 as const, tie: true, required: true }],
    reasons: [{ key: 'clear', label: 'Clear words', description: '', sign: 'good' as const }],
  };
  stubSite({
    ...SITE,
    'GET /api/projects/7/': exampleProject({ form: { number: 3, form, created_at: '2026-05-01T10:00:00Z' } }),
    'GET /api/projects/7/preferences/': wholeList([DETAILED]),
    'GET /api/projects/7/members/': wholeList([]),
  });
  renderAddress('/projects/7/preferences');
  expect(await screen.findByText('not trained on')).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'How do I say sorry?' }));
  expect(screen.getByText('Helpful: B slightly better')).toBeVisible();
  expect(screen.getByText('rated 4 · + Clear words')).toBeVisible();
  expect(screen.getByText('flagged: hate')).toBeVisible();
  expect(screen.getByText('A better text.')).toBeVisible();
  expect(screen.getByText('Clicked without reading.')).toBeVisible();
  expect(screen.getByText('👍 good').closest('mark')).toHaveTextContent('+👍 good(warm)');
  expect(screen.getByText(/question form 3/)).toBeVisible();
});

it('makes a known pair of a preference', async () => {
  const calls = stubSite({
    ...SITE,
    'GET /api/projects/7/preferences/': wholeList([PREFERENCE]),
    'GET /api/projects/7/members/': wholeList([]),
    'POST /api/projects/7/gold/': new StubbedAnswer(201, {}),
  });
  renderAddress('/projects/7/preferences');
  await userEvent.click(await screen.findByRole('button', { name: 'How do I say sorry?' }));
  await userEvent.click(screen.getByRole('button', { name: 'Make it a known pair' }));
  const dialog = within(await screen.findByRole('dialog'));
  expect(dialog.getByRole('radio', { name: 'A is better' })).toBeChecked();
  await userEvent.type(dialog.getByRole('textbox', { name: 'Explanation' }), 'Kinder.');
  await userEvent.click(dialog.getByRole('button', { name: 'Make the known pair' }));
  await waitFor(() =>
    expect(calls.find(({ method }) => method === 'POST')?.body).toMatchObject({
      comparison_id: 9,
      expected: { kind: 'prefer', winner: 'a' },
      explanation: 'Kinder.',
    }),
  );
});

it('shows a comparison once with its places, and raises its priority', async () => {
  const waiting = {
    comparison_id: 44,
    prompt: [{ role: 'user' as const, content: 'Why?' }],
    strategy: 'uniform',
    priority: 0,
    propensity: 1,
  };
  const calls = stubSite({
    ...SITE,
    'GET /api/projects/7/queue/': { ...EMPTY_QUEUE, open: 2, next: [waiting, waiting] },
    'POST /api/projects/7/queue/priority/': { changed: 1 },
  });
  renderAddress('/projects/7/queue');
  expect(await screen.findByRole('row', { name: /44 Why\? 2 chance/ })).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Ask comparison 44 sooner' }));
  await waitFor(() =>
    expect(calls.find(({ method }) => method === 'POST')?.body).toEqual({ comparison_ids: [44], priority: 10 }),
  );
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
  await userEvent.click(screen.getByRole('radio', { name: 'Everything' }));
  await waitFor(() =>
    expect(screen.getByRole('link', { name: 'Download 30 rows' })).toHaveAttribute(
      'href',
      '/api/projects/7/export/?format=full&ties=drop',
    ),
  );
  expect(screen.queryByRole('radiogroup', { name: 'Ties' })).toBeNull();
  await userEvent.click(screen.getByRole('radio', { name: 'TRL' }));
  await userEvent.click(screen.getByRole('radio', { name: 'Write them both ways' }));
  await waitFor(() =>
    expect(screen.getByRole('link', { name: 'Download 30 rows' })).toHaveAttribute(
      'href',
      '/api/projects/7/export/?format=trl&ties=both',
    ),
  );
});
