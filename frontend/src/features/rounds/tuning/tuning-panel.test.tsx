import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Checkpoint, Round, Run } from '../../../lib/api-types';
import { ADMIN, exampleProject, wholeList } from '../../../testing/admin-examples';
import { renderAddress } from '../../../testing/render-address';
import { exampleRound, exampleSteps } from '../../../testing/round-examples';
import { SpokenStream } from '../../../testing/spoken-stream';
import { StubbedAnswer, stubSite } from '../../../testing/stub-site';
import {
  CHECKPOINTS,
  exampleCheckpoint,
  exampleFigures,
  exampleRun,
  FIRED,
  PREFLIGHT,
  pausedRound,
} from '../../../testing/tuning-examples';

interface Scene {
  round?: Round;
  run?: Run;
  checkpoints?: readonly Checkpoint[];
  more?: Record<string, unknown>;
}

const PAUSED_RUN = exampleRun({ status: 'paused', paused_by: [FIRED], report: null, finished_at: null });

function site({ round = exampleRound(), run = exampleRun(), checkpoints = CHECKPOINTS, more = {} }: Scene = {}) {
  const calls = stubSite({
    'GET /api/session/': ADMIN,
    'GET /api/projects/7/': exampleProject(),
    'GET /api/rounds/5/': round,
    'GET /api/runs/12/': run,
    'GET /api/runs/12/metrics/': { names: [], series: {} },
    'GET /api/runs/12/log/': wholeList([]),
    'GET /api/runs/12/checkpoints/': { checkpoints, people: null, frontier: null },
    ...more,
  });
  return { calls, ...renderAddress('/projects/7/rounds/5') };
}

const rowOf = (step: number) => {
  const table = within(screen.getByRole('region', { name: 'Checkpoints' }));
  const row = table.getAllByRole('row').find((each) => within(each).queryByLabelText(`Compare step ${step}`));
  if (!row) throw new Error(`no row of step ${step}`);
  return within(row);
};

beforeEach(() => {
  SpokenStream.last = null;
  vi.stubGlobal('EventSource', SpokenStream);
});

describe('a finished tuning run', () => {
  it('ranks checkpoints by people alone, and says which nobody has judged', async () => {
    site();
    const table = await screen.findByRole('region', { name: 'Checkpoints' });
    const steps = within(table).getAllByRole('checkbox');
    expect(steps.map((box) => box.getAttribute('aria-label'))).toEqual(
      [10, 20, 0, 30].map((step) => `Compare step ${step}`),
    );
    expect(rowOf(10).getByText('rank 1')).toBeVisible();
    expect(rowOf(30).getByText('not judged yet')).toBeVisible();
    expect(rowOf(0).queryByRole('button', { name: /Ask people/ })).not.toBeInTheDocument();
  });

  it('shows the pre-flight with its suggestion and what happened on the same axes', async () => {
    site();
    expect(await screen.findByText('The predicted score falls from √KL 1.10 on.')).toBeVisible();
    const plot = await screen.findByRole('img', { name: /^Expected and measured.*measured reward/ });
    expect(plot).toHaveAccessibleName(expect.stringContaining('measured reward: highest 3.00 (2.90 to 3.10)'));
    expect(plot).toHaveAccessibleName(expect.stringContaining('win rate by people: highest 70 % (60 % to 80 %)'));
    expect(screen.getByText(/Hollow grey points rest on fewer than 4 effective/)).toBeVisible();
  });

  it('draws the monitor’s curves with their numbers as tables, and says what is unknown', async () => {
    site();
    expect(
      await screen.findByRole('img', { name: /^Win rate against step 0\..*by people: from 70 % at 10/ }),
    ).toBeInTheDocument();
    expect(screen.getByText(/Unsafe: unknown/)).toBeVisible();
    const numbers = screen.getByRole('region', { name: 'Numbers of Frontier', hidden: true });
    expect(
      within(numbers).getByRole('row', { name: 'win rate by people step 10 2.00 70 % (60 % to 80 %)', hidden: true }),
    ).toBeInTheDocument();
  });

  it('queues a checkpoint’s samples for people', async () => {
    const { calls } = site({ more: { 'POST /api/checkpoints/330/check/': exampleCheckpoint(30, { queued: 12 }) } });
    await userEvent.click(await screen.findByRole('button', { name: 'Ask people about step 30' }));
    await waitFor(() => expect(calls.some(({ path }) => path === '/api/checkpoints/330/check/')).toBe(true));
  });

  it('says why a checkpoint could not be queued', async () => {
    const problem = new StubbedAnswer(409, {
      code: 'checkpoint/nothing-to-check',
      detail: 'Its samples read as those of step 0.',
    });
    site({ more: { 'POST /api/checkpoints/330/check/': problem } });
    await userEvent.click(await screen.findByRole('button', { name: 'Ask people about step 30' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('Its samples read as those of step 0.');
  });

  it('makes a candidate of a checkpoint after saying what that does', async () => {
    const { calls } = site({ more: { 'POST /api/checkpoints/310/use/': {} } });
    await screen.findByRole('region', { name: 'Checkpoints' });
    await userEvent.click(rowOf(10).getByRole('button', { name: 'Use' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText(/stays in use until you promote/)).toBeVisible();
    await userEvent.click(dialog.getByRole('button', { name: 'Make a candidate' }));
    await waitFor(() => expect(calls.some(({ path }) => path === '/api/checkpoints/310/use/')).toBe(true));
  });

  it('links to the policy that a checkpoint became, and offers none of what is not on disk', async () => {
    const used = exampleCheckpoint(10, { model_version: { id: 30, number: 4 } });
    site({ checkpoints: [used, exampleCheckpoint(20, { has_weights: false })] });
    expect(await screen.findByRole('link', { name: 'Policy 4' })).toHaveAttribute('href', '/projects/7/models/30');
    expect(screen.queryByRole('button', { name: 'Use' })).not.toBeInTheDocument();
  });

  it('compares ticked checkpoints, which stay in the address', async () => {
    const { router } = site();
    await userEvent.click(await screen.findByRole('checkbox', { name: 'Compare step 20' }));
    expect(screen.queryByRole('link', { name: 'Compare' })).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole('checkbox', { name: 'Compare step 10' }));
    expect(await screen.findByText('2 checkpoints ticked')).toBeVisible();
    expect(router.state.location.search).toEqual({ compare: '320,310' });
    expect(screen.getByRole('link', { name: 'Compare' })).toHaveAttribute(
      'href',
      '/projects/7/checkpoints/compare?checkpoints=320%2C310',
    );
  });

  it('runs again with another seed and shows the new run', async () => {
    const repeat = exampleRun({
      id: 40,
      seed: 99,
      status: 'queued',
      report: null,
      repeats: { id: 12, seed: 41, status: 'done' },
    });
    const { calls } = site({
      more: {
        'POST /api/runs/12/repeat/': repeat,
        'GET /api/runs/40/': repeat,
        'GET /api/runs/40/metrics/': { names: [], series: {} },
        'GET /api/runs/40/log/': wholeList([]),
        'GET /api/runs/40/checkpoints/': { checkpoints: [], people: null, frontier: null },
      },
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Run again with another seed' }));
    await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Run again' }));
    expect(await screen.findByText('No look yet; the first one comes before the first step.')).toBeVisible();
    expect(screen.getByRole('combobox', { name: 'Run' })).toHaveDisplayValue('Policy, seed 99');
    expect(calls.find(({ path }) => path === '/api/runs/12/repeat/')?.body).toEqual({ seed: null });
  });

  it('lists its repeats', async () => {
    site({ run: exampleRun({ repeated_by: [{ id: 40, seed: 99, status: 'running' }] }) });
    const seeds = within(await screen.findByRole('region', { name: 'Seeds' }));
    expect(seeds.getByRole('row', { name: /40 99 working Show/ })).toBeVisible();
    expect(seeds.getByRole('row', { name: /12 41 done shown here/ })).toBeVisible();
  });
});

describe('a run that the monitor paused', () => {
  it('explains each rule with what was measured, and shows how far people are', async () => {
    const asked = exampleCheckpoint(30, { queued: 12, verdicts: 5, checked_at: '2026-05-01T10:03:00Z' });
    site({ round: pausedRound(), run: PAUSED_RUN, checkpoints: [exampleCheckpoint(0), asked] });
    expect(await screen.findByRole('heading', { name: 'Tuning is paused' })).toBeVisible();
    expect(screen.getByText(/1.75 times as many as before tuning/)).toBeVisible();
    expect(screen.getByText('Measured 1.75 · limit 1.5')).toBeVisible();
    expect(await screen.findByRole('progressbar', { name: /People’s verdicts on step 30/ })).toHaveAttribute(
      'aria-valuenow',
      String((100 * 5) / 12),
    );
    expect(screen.getAllByText('Paused by the monitor')[0]).toBeVisible();
    expect(screen.getByText('waits for you')).toBeVisible();
  });

  it('goes on only with a reason', async () => {
    const { calls } = site({
      round: pausedRound(),
      run: PAUSED_RUN,
      more: { 'POST /api/runs/12/resume/': PAUSED_RUN },
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Go on…' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText(/these rules only warn: longer completions/)).toBeVisible();
    expect(dialog.getByRole('button', { name: 'Go on' })).toBeDisabled();
    await userEvent.type(dialog.getByRole('textbox', { name: 'Reason' }), 'People like the longer ones.');
    await userEvent.click(dialog.getByRole('button', { name: 'Go on' }));
    await waitFor(() =>
      expect(calls.find(({ path }) => path === '/api/runs/12/resume/')?.body).toEqual({
        reason: 'People like the longer ones.',
      }),
    );
  });

  it('ends with the checkpoint that people like best unless another is chosen', async () => {
    const { calls } = site({
      round: pausedRound(),
      run: PAUSED_RUN,
      more: { 'POST /api/runs/12/finish/': PAUSED_RUN },
    });
    const open = await screen.findByRole('button', { name: 'End with a checkpoint…' });
    await waitFor(() => expect(open).toBeEnabled());
    await userEvent.click(open);
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByRole('combobox', { name: 'Checkpoint' })).toHaveDisplayValue(/^Step 10: people 70 %/);
    await userEvent.type(dialog.getByRole('textbox', { name: 'Reason' }), 'Later steps are longer only.');
    await userEvent.click(dialog.getByRole('button', { name: 'End the run' }));
    await waitFor(() =>
      expect(calls.find(({ path }) => path === '/api/runs/12/finish/')?.body).toEqual({
        checkpoint: 310,
        reason: 'Later steps are longer only.',
      }),
    );
  });
});

describe('a repeat of a finished round', () => {
  const REPEAT = exampleRun({
    id: 40,
    seed: 99,
    status: 'running',
    report: null,
    finished_at: null,
    repeats: { id: 12, seed: 41, status: 'done' },
  });
  const beside = (part: Partial<Round['repeats'][number]>) =>
    exampleRound({ repeats: [{ id: 40, seed: 99, status: 'running', paused_by: [], ...part }] });

  it('is told of on the round’s page as soon as the stream says that it is paused', async () => {
    let round = beside({});
    let run = REPEAT;
    site({
      more: {
        'GET /api/rounds/5/': () => round,
        'GET /api/runs/40/': () => run,
        'GET /api/runs/40/metrics/': { names: [], series: {} },
        'GET /api/runs/40/log/': wholeList([]),
        'GET /api/runs/40/checkpoints/': { checkpoints: CHECKPOINTS, people: null, frontier: null },
      },
    });
    expect(await screen.findByRole('heading', { name: 'Round 3' })).toBeVisible();
    expect(screen.queryByText(/waits for you/)).not.toBeInTheDocument();
    expect(SpokenStream.last?.url).toBe('/api/rounds/5/stream/');
    round = beside({ status: 'paused', paused_by: [FIRED] });
    run = { ...REPEAT, status: 'paused', paused_by: [FIRED] };
    SpokenStream.last?.say('round', round);
    expect(await screen.findByText('The monitor paused tuning with seed 99 and waits for you')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Show run 40' }));
    expect(await screen.findByRole('heading', { name: 'Tuning with seed 99 is paused' })).toBeVisible();
    expect(screen.getByRole('button', { name: 'Go on…' })).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Show run 40' })).not.toBeInTheDocument();
  });

  it('opens no stream once it has ended', async () => {
    site({ round: beside({ status: 'done' }) });
    await screen.findByRole('heading', { name: 'Round 3' });
    expect(SpokenStream.last).toBeNull();
  });
});

describe('a working tuning run', () => {
  it('shows the pre-flight and each look as the stream tells them', async () => {
    const steps = exampleSteps('policy');
    const { reports } = exampleRound();
    const round = exampleRound({
      status: 'policy',
      finished_at: null,
      steps,
      reports: { ...reports, evaluation: null },
    });
    site({ round, run: exampleRun({ status: 'running', report: null, finished_at: null }), checkpoints: [] });
    expect(await screen.findByText('No look yet; the first one comes before the first step.')).toBeVisible();
    const stream = SpokenStream.last;
    if (!stream) throw new Error('no stream was opened');
    const said = (id: number, type: string, data: object) => stream.say('run', { run_id: 12, type, data }, String(id));
    said(1, 'preflight', { preflight: PREFLIGHT });
    said(2, 'checkpoint', { figures: exampleFigures(0) });
    said(3, 'checkpoint', { figures: exampleFigures(10) });
    expect(await screen.findByRole('heading', { name: 'Pre-flight' })).toBeVisible();
    expect(
      await screen.findByRole('img', { name: /^Reward\. proxy reward: from 0 at 0 to 1.00 at 10/ }),
    ).toBeInTheDocument();
    expect(screen.getByRole('checkbox', { name: 'Compare step 10' })).toBeDisabled();
  });
});
