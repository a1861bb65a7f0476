import { describe, expect, it } from 'vitest';
import type { Project, Round, RoundPreview } from '../../lib/api-types';
import { exampleRound } from '../../testing/round-examples';
import { loopNodes, nextStep } from './next-step';

const PROJECT: Project = {
  id: 1,
  name: 'Taste',
  description: '',
  role: 'admin',
  base_policy: 'starter',
  reward_backbone: 'starter-judge',
  guidelines: { number: 1, text: '', created_at: '2026-05-01T10:00:00Z' },
  settings: {} as Project['settings'],
  archived_at: null,
  created_at: '2026-05-01T10:00:00Z',
  counts: {
    prompts: 40,
    panel_prompts: 8,
    completions: 160,
    comparisons: 60,
    open_assignments: 46,
    leased_assignments: 2,
    preferences: 14,
    preferences_since_round: 14,
  },
  active_policy: { id: 1, number: 0 },
  active_round: null,
};

const TOO_FEW: RoundPreview = {
  can_start: false,
  reason: '16 more preferences are needed.',
  preferences: 14,
  new_since_last: 14,
  need: 30,
  estimated_seconds: null,
};

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

  it('says what a stopped round waits for', () => {
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
