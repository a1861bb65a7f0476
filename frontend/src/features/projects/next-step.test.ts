import { describe, expect, it } from 'vitest';
import type { Round } from '../../lib/api-types';
import { exampleProject, TOO_FEW } from '../../testing/admin-examples';
import { exampleRound } from '../../testing/round-examples';
import { loopNodes, nextStep, waitsForAdmin } from './next-step';

const PROJECT = exampleProject();

describe('nextStep', () => {
  it('counts what is missing to the first round', () => {
    expect(nextStep(PROJECT, TOO_FEW, undefined)).toEqual({
      title: '14 of 30 preferences to the first useful round',
      detail: '16 more preferences are needed.',
    });
  });

  it('asks for prompts before anything else', () => {
    const empty = { ...PROJECT, counts: { ...PROJECT.counts, prompts: 0 } };
    expect(nextStep(empty, TOO_FEW, undefined).title).toBe('Add prompts');
  });

  it('says that a round can start', () => {
    const ready = { ...TOO_FEW, can_start: true, reason: null, preferences: 40, new_since_last: 26 };
    expect(nextStep(PROJECT, ready, undefined).title).toBe('26 new preferences: a round can start');
  });

  it('names the step that works', () => {
    const round = exampleRound({ status: 'policy' });
    expect(nextStep(PROJECT, TOO_FEW, round).title).toBe('Round 3: tuning the policy');
  });

  it('does not say that a round works whose tuning is paused', () => {
    const round = exampleRound({ status: 'policy' });
    const rule = { rule: 'kl', explanation: 'Too far.', value: 1.5, limit: 0.5 };
    const paused = {
      ...round,
      steps: round.steps.map((step) => ({ ...step, paused_by: step.name === 'policy' ? [rule] : [] })),
    } as Round;
    expect(nextStep(PROJECT, TOO_FEW, paused)).toEqual({
      title: 'Round 3: paused by the monitor',
      detail: expect.stringContaining('waits for you'),
    });
    expect([round, paused, exampleRound({ status: 'done' })].map(waitsForAdmin)).toEqual([false, true, false]);
  });

  it('says what a stopped round waits for', () => {
    expect(waitsForAdmin(exampleRound({ status: 'blocked' }))).toBe(true);
    expect(nextStep(PROJECT, TOO_FEW, exampleRound({ status: 'waiting' })).detail).toContain('Promote it');
    expect(nextStep(PROJECT, TOO_FEW, exampleRound({ status: 'failed' })).title).toBe('Round 3 failed');
  });
});

describe('loopNodes', () => {
  it('marks exactly one station, collecting when no round is open', () => {
    const active = (status: Round['status'], blockedAt: string | null = null) =>
      loopNodes(PROJECT, exampleRound({ status, blocked_at: blockedAt }))
        .filter(({ isActive }) => isActive)
        .map(({ key }) => key);
    expect(active('done')).toEqual(['collecting']);
    expect(active('evaluation')).toEqual(['policy']);
    expect(active('blocked', 'reward_gate')).toEqual(['reward_model']);
    expect(active('queueing')).toEqual(['queueing']);
  });

  it('shows live counts', () => {
    const values = loopNodes(PROJECT, undefined).map(({ label, value }) => `${label}: ${value}`);
    expect(values).toEqual([
      'Collecting: 14 preferences',
      'Snapshot: none yet',
      'Reward model: none yet',
      'Policy: version 0',
      'Sampling: 160 completions',
      'Queue: 46 open',
    ]);
  });
});
