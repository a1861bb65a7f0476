import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Round } from '../../lib/api-types';
import { ADMIN, exampleProject, wholeList } from '../../testing/admin-examples';
import { renderAddress } from '../../testing/render-address';
import { exampleRound, exampleSteps } from '../../testing/round-examples';
import { SpokenStream } from '../../testing/spoken-stream';
import { stubSite } from '../../testing/stub-site';

function site(round: Round, more: Record<string, unknown> = {}) {
  const metrics = { names: ['kl/reference'], series: { 'kl/reference': [[1, 0.2]] } };
  const answers = (id: number) => ({
    [`GET /api/runs/${id}/metrics/`]: metrics,
    [`GET /api/runs/${id}/log/`]: wholeList([{ id: 1, at: '2026-05-01T10:00:05Z', level: 'info', message: 'loaded' }]),
  });
  return stubSite({
    'GET /api/session/': ADMIN,
    'GET /api/projects/7/': exampleProject(),
    'GET /api/rounds/5/': round,
    ...answers(11),
    ...answers(12),
    ...more,
  });
}

beforeEach(() => {
  SpokenStream.last = null;
  vi.stubGlobal('EventSource', SpokenStream);
});

describe('a finished round', () => {
  it('shows accuracy and win rate with intervals beside the naive rules', async () => {
    site(exampleRound());
    renderAddress('/projects/7/rounds/5');
    expect(await screen.findByRole('heading', { name: 'Round 3' })).toBeVisible();
    const accuracy = within(screen.getByRole('region', { name: 'Accuracy on held-out preferences' }));
    expect(accuracy.getByRole('row', { name: /Reward model 72 % \(62–80 %, n = 96\)/ })).toBeVisible();
    expect(accuracy.getByRole('row', { name: /longer completion wins 51 % \(41–61 %, n = 96\)/ })).toBeVisible();
    expect(screen.getByText(/Win rate of policy 3 over policy 2/)).toHaveTextContent('78 % (63–88 %, n = 40)');
  });

  it('shows samples of the same prompt side by side, as text', async () => {
    site(exampleRound());
    renderAddress('/projects/7/rounds/5');
    expect(await screen.findByText('How do I say sorry?')).toBeVisible();
    expect(screen.getByText('<b>Warm</b> words!')).toBeVisible();
    expect(screen.getByText('outside what the reward model knows')).toBeVisible();
    expect(screen.getByText('reward 0 ± 0.200')).toBeVisible();
  });

  it('opens no stream', async () => {
    site(exampleRound());
    renderAddress('/projects/7/rounds/5');
    await screen.findByRole('heading', { name: 'Round 3' });
    expect(SpokenStream.last).toBeNull();
  });
});

describe('a working round', () => {
  const WORKING = exampleRound({
    status: 'policy',
    finished_at: null,
    steps: exampleSteps('policy'),
    reports: { ...exampleRound().reports, evaluation: null },
  });

  it('follows the stream: progress, time left, curves and log', async () => {
    site(WORKING);
    renderAddress('/projects/7/rounds/5');
    await screen.findByRole('heading', { name: 'Round 3' });
    const stream = SpokenStream.last;
    if (!stream) throw new Error('no stream was opened');
    expect(stream.url).toBe('/api/rounds/5/stream/');
    const said = (id: number, type: string, data: object) => stream.say('run', { run_id: 12, type, data }, String(id));
    said(10, 'progress', { phase: 'tuning', step: 10, of: 40, eta_seconds: 61, at: 100 });
    said(11, 'progress', { phase: 'tuning', step: 20, of: 40, eta_seconds: 40, at: 120 });
    said(12, 'metrics', { step: 20, values: { 'kl/reference': 1.5 } });
    said(13, 'log', { level: 'warning', message: 'slow disk', at: 120 });
    expect(await screen.findByText('20 of 40 · about 40 s left')).toBeVisible();
    expect(screen.getByText('2.00 s per step')).toBeVisible();
    expect(
      await screen.findByRole('img', { name: /kl\/reference: from 0.200 at 1 to 1.50 at 20/ }),
    ).toBeInTheDocument();
    expect(screen.getByText('slow disk')).toBeVisible();
  });

  it('asks before it cancels, and says what that does', async () => {
    const calls = site(WORKING, { 'POST /api/rounds/5/cancel/': exampleRound({ status: 'cancelled' }) });
    renderAddress('/projects/7/rounds/5');
    await userEvent.click(await screen.findByRole('button', { name: 'Cancel round' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText(/keeps its checkpoint/)).toBeVisible();
    expect(calls.some(({ method }) => method === 'POST')).toBe(false);
    await userEvent.click(dialog.getByRole('button', { name: 'Cancel the round' }));
    await waitFor(() => expect(calls.some(({ path }) => path === '/api/rounds/5/cancel/')).toBe(true));
  });
});

describe('a round that stopped', () => {
  it('says why it failed and what to do', async () => {
    const steps = exampleSteps('policy').map((step) =>
      step.name === 'policy' ? { ...step, state: 'failed' as const } : step,
    );
    site(
      exampleRound({
        status: 'failed',
        steps,
        failure_code: 'config',
        failure_detail: 'The loss became NaN at step 7.',
      }),
    );
    renderAddress('/projects/7/rounds/5');
    expect(await screen.findByText(/The loss became NaN at step 7/)).toHaveTextContent('a smaller learning rate');
    expect(screen.getByRole('button', { name: 'Retry' })).toBeVisible();
  });

  it('lets an admin override a gate only with a reason', async () => {
    const calls = site(exampleRound({ status: 'blocked', blocked_at: 'reward_gate' }), {
      'POST /api/rounds/5/override/': exampleRound({ status: 'policy' }),
    });
    renderAddress('/projects/7/rounds/5');
    await userEvent.click(await screen.findByRole('button', { name: /Override the gate/ }));
    const dialog = within(await screen.findByRole('dialog'));
    const submit = dialog.getByRole('button', { name: 'Override' });
    expect(submit).toBeDisabled();
    await userEvent.type(dialog.getByRole('textbox', { name: /Reason/ }), 'The panel is too small today.');
    await userEvent.click(submit);
    await waitFor(() =>
      expect(calls.find(({ path }) => path === '/api/rounds/5/override/')?.body).toEqual({
        reason: 'The panel is too small today.',
      }),
    );
  });

  it('says that a round does not exist', async () => {
    stubSite({ 'GET /api/session/': ADMIN, 'GET /api/projects/7/': exampleProject() });
    renderAddress('/projects/7/rounds/9');
    expect(await screen.findByRole('heading', { name: 'Nothing here' })).toBeVisible();
    expect(screen.getByRole('link', { name: 'To the projects' })).toHaveAttribute('href', '/');
  });
});
