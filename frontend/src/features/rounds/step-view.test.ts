import { describe, expect, it } from 'vitest';
import { exampleRound, exampleSteps } from '../../testing/round-examples';
import { EMPTY_ROUND, EMPTY_RUN, type LiveRound } from './live-round';
import { defaultRunId, stepViews } from './step-view';

const WORKING = exampleRound({ status: 'policy', finished_at: null, steps: exampleSteps('policy') });

describe('stepViews', () => {
  it('shows every step in order with what it took or that it has not begun', () => {
    const views = stepViews(WORKING, EMPTY_ROUND);
    expect(views.map(({ label, note }) => `${label}: ${note}`)).toEqual([
      'Snapshot: 4 s',
      'Reward model: 4 s',
      'Reward gate: 4 s',
      'Policy: working',
      'Evaluation: not yet',
      'Policy gate: not yet',
      'Sampling: not yet',
      'Queueing: not yet',
    ]);
  });

  it('takes the share done from the live stream before the fetched one', () => {
    const live: LiveRound = {
      ...EMPTY_ROUND,
      runs: { 12: { ...EMPTY_RUN, progress: { phase: 'tuning', step: 10, of: 40, eta_seconds: 5 } } },
    };
    expect(stepViews(WORKING, live)[3]).toMatchObject({ share: 0.25, note: '25 %' });
  });

  it('marks the gate that said no as waiting for a person', () => {
    const steps = exampleSteps('reward_gate').map((step) =>
      step.name === 'reward_gate' ? { ...step, state: 'failed' as const } : step,
    );
    const round = exampleRound({ status: 'blocked', blocked_at: 'reward_gate', steps });
    expect(stepViews(round, EMPTY_ROUND)[2]).toMatchObject({ state: 'held', note: 'waits for you' });
  });

  it('marks a passed policy gate that waits for promotion', () => {
    const round = exampleRound({ status: 'waiting', steps: exampleSteps('sampling') });
    expect(stepViews(round, EMPTY_ROUND)[5]?.state).toBe('held');
  });
});

describe('defaultRunId', () => {
  it('prefers the active run, then the policy’s', () => {
    expect(defaultRunId({ ...WORKING, steps: exampleSteps('reward_model') })).toBe(11);
    expect(defaultRunId(exampleRound())).toBe(12);
  });

  it('is null without any run', () => {
    expect(defaultRunId(exampleRound({ steps: [] }))).toBeNull();
  });
});
