import type { components } from '../api/schema';

type Schemas = components['schemas'];

/** What the site answers, for tests: a labeler, a project, a claim. */
export const LABELER: Schemas['SessionOut'] = {
  user: { id: 2, username: 'ben', is_site_admin: false },
  version: '0.1.0',
};

export const NOBODY: Schemas['SessionOut'] = { user: null, version: '0.1.0' };

export const FORM: Schemas['QuestionForm'] = {
  mode: 'pair',
  ranked: 4,
  strengths: 3,
  tie: true,
  both_bad: true,
  both_good: false,
  cannot_judge: false,
  skip: true,
  aspects: [],
  flags: [],
  reasons: [],
  rating: 0,
  rationale: 'optional',
  rationale_min: 0,
  highlights: false,
  edit: false,
};

export const ME: Schemas['ProgressOfMine'] = {
  done_today: 4,
  done_total: 40,
  remaining: 3,
  project_done: 80,
  project_goal: 120,
  policy_number: 1,
  last_round: null,
  paused: null,
  warm_up: null,
  daily: null,
  guidelines_changed: null,
  content_warning: '',
  blur: false,
  pause_after_minutes: 50,
  chat: true,
};

export function assignment(id: number): Schemas['AssignmentOut'] {
  return {
    id,
    comparison_id: id + 100,
    prompt: [{ role: 'user', content: `Question ${id}?` }],
    left: { text: `Left reply ${id}.` },
    right: { text: `Right reply ${id}.` },
    completions: [{ text: `Left reply ${id}.` }, { text: `Right reply ${id}.` }],
    lease_expires_at: new Date(Date.now() + 300_000).toISOString(),
  };
}

export function claim(ids: number[], reason: Schemas['ClaimOut']['reason'] = null): Schemas['ClaimOut'] {
  return {
    assignments: ids.map(assignment),
    remaining: 0,
    reason,
    message: null,
    form: FORM,
    form_number: 1,
    guidelines_number: 1,
    warm_up: null,
  };
}

/** As much of a project as the pages of a labeler read. */
export const PROJECT = {
  id: 7,
  name: 'Tone',
  description: '',
  role: 'labeler',
  guidelines: { number: 2, text: 'Prefer the **kinder** reply.', changes: '', created_at: '2026-01-01T10:00:00Z' },
  form: { number: 1, form: FORM, created_at: '2026-01-01T10:00:00Z' },
  settings: {},
  archived_at: null,
  active_policy: { id: 3, number: 1 },
  active_round: null,
} satisfies Partial<Schemas['ProjectOut']> | Record<string, unknown>;
