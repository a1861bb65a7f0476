import type { components } from '../api/schema';
import type { Member, Model, Project, RoundPreview } from '../lib/api-types';

type Schemas = components['schemas'];

/** What the site answers to an admin, for tests. */
export const ADMIN: Schemas['SessionOut'] = {
  user: { id: 1, username: 'ada', is_site_admin: true },
  version: '0.1.0',
};

/** Two sections of the settings, as the whole document’s schema describes them. */
export const SCHEMA = {
  $defs: {
    Queue: {
      description: 'What is asked next.',
      properties: {
        overlap: { type: 'integer', default: 1, minimum: 1, maximum: 20, description: 'Verdicts wanted.' },
        lease_seconds: { type: 'integer', default: 300, minimum: 30, description: 'A lease in seconds.' },
      },
    },
    Policy: {
      description: 'How the policy is tuned.',
      properties: {
        method: { type: 'string', enum: ['rloo', 'dpo'], default: 'rloo', description: 'The method.' },
        kl_coef: { type: 'number', default: 0.05, minimum: 0, maximum: 10, description: 'The KL penalty.' },
      },
    },
  },
  properties: { queue: { $ref: '#/$defs/Queue' }, policy: { $ref: '#/$defs/Policy' } },
};

export const SETTINGS = { queue: { overlap: 1, lease_seconds: 300 }, policy: { method: 'rloo', kl_coef: 0.05 } };

/** Settings of the queue and of labeling as a project has them that mixes nothing in. */
export const QUEUE_SETTINGS = {
  queue: { ...SETTINGS.queue, gold_share: 0, repeat_share: 0, mirrored_share: 0, qualifications: {} },
  labeling: { warm_up_pairs: 0, warm_up_share: 0.7 },
} as unknown as Project['settings'];

export const DEFAULTS = {
  settings: SETTINGS,
  schema: SCHEMA,
  models: {
    policies: [{ value: 'starter', label: 'Starter', description: 'Small.' }],
    reward_backbones: [{ value: 'starter-judge', label: 'Starter judge', description: 'Small.' }],
    hub: true,
  },
};

/** The form that a project gets where nobody chooses another. */
export const PLAIN_FORM: Project['form']['form'] = {
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

export function exampleProject(part: Partial<Project> = {}): Project {
  return {
    id: 7,
    name: 'Taste',
    description: 'Which reply is kinder?',
    role: 'admin',
    base_policy: 'starter',
    reward_backbone: 'starter-judge',
    guidelines: { number: 1, text: 'Prefer the **kinder** reply.', changes: '', created_at: '2026-05-01T10:00:00Z' },
    form: { number: 1, form: PLAIN_FORM, created_at: '2026-05-01T10:00:00Z' },
    settings: SETTINGS as unknown as Project['settings'],
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
    active_policy: { id: 20, number: 0 },
    active_round: null,
    ...part,
  };
}

export const TOO_FEW: RoundPreview = {
  can_start: false,
  reason: '16 more preferences are needed.',
  preferences: 14,
  new_since_last: 14,
  card_missing: [],
  self_labels_stopped: null,
  need: 30,
  estimated_seconds: null,
};

export function examplePolicy(number: number, part: Partial<Model> = {}): Model {
  return {
    id: 100 + number,
    kind: 'policy',
    number,
    status: 'retired',
    source: 'starter',
    parent: number > 0 ? { id: 99 + number, number: number - 1 } : null,
    run_id: null,
    checkpoint: null,
    round: null,
    metrics: {},
    manifest_sha256: null,
    created_at: '2026-05-01T10:00:00Z',
    activated_at: null,
    size_mb: 3,
    comparisons_open: 0,
    ...part,
  };
}

/** One page that holds the whole list. */
export function wholeList<Row>(results: Row[]) {
  return { results, next: null, total: results.length };
}

export function exampleMember(part: Partial<Member> = {}): Member {
  return {
    user_id: 2,
    username: 'ben',
    role: 'labeler',
    joined_at: '2026-05-01T10:00:00Z',
    preferences: 40,
    last_at: '2026-05-02T10:00:00Z',
    position_left_share: 0.52,
    groups: [],
    paused_at: null,
    paused_reason: '',
    paused_by: null,
    warmed_up_at: null,
    warm_up: null,
    ...part,
  };
}
