/** Shapes of the answers that these pages read; see the HTTP contract in `openapi.json`. */

import type { JsonSchema, SettingsDocument } from './json-schema';
import type { StepName, StepState } from './round-steps';
import type { SeriesByName } from './series';

export interface Paged<Row> {
  results: Row[];
  next: string | null;
  total: number;
}

export interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

export interface Interval {
  value: number;
  low: number;
  high: number;
  n: number;
}

export interface Numbered {
  id: number;
  number: number;
}

export interface RewardModelReport {
  accuracy: Interval;
  method: string;
  log_loss: number;
  calibration_error: number;
  calibration: { predicted: number; observed: number; n: number }[];
  baseline_longer: Interval;
  baseline_always_a: Interval;
  preferences: number;
  ties: number;
  excluded: Record<string, number>;
  prior_precision: number | null;
}

export interface PolicyStats {
  reward: Interval;
  kl: Interval;
  tokens: Interval;
  ended_share: number;
  distinct_2: number;
  repetition: number;
  reference_nll: number;
}

export interface SamplePair {
  prompt_id: number;
  /** The prompt's last message, where the server sends it. */
  prompt?: string;
  before: string;
  after: string;
  reward_before: number;
  reward_after: number;
}

export interface EvaluationReport {
  win_rate: Interval;
  before: PolicyStats;
  after: PolicyStats;
  samples: SamplePair[];
}

export interface Progress {
  phase: string;
  step: number;
  of: number;
  eta_seconds: number | null;
}

export interface RoundStep {
  name: StepName;
  state: StepState;
  run_id: number | null;
  progress: Progress | null;
  seconds: number | null;
}

export interface GateCheck {
  name: string;
  label: string;
  value: number;
  limit: number;
  comparison: '>' | '<';
  passed: boolean;
}

export interface Gate {
  passed: boolean;
  checks: GateCheck[];
  override: { by: string; reason: string; at: string } | null;
}

export interface Round {
  id: number;
  number: number;
  status: string;
  trigger: string;
  started_by: string | null;
  created_at: string;
  finished_at: string | null;
  blocked_at: string | null;
  failure_code: string | null;
  failure_detail: string | null;
  preferences: number | null;
  steps: RoundStep[];
  reward_model: Numbered | null;
  policy: Numbered | null;
  start_policy: Numbered | null;
  gates: { reward_gate?: Gate | null; policy_gate?: Gate | null };
  reports: {
    reward_model: RewardModelReport | null;
    evaluation: EvaluationReport | null;
    /** How often people preferred the new policy on panel prompts. */
    panel: Interval | null;
  };
  queued_comparisons: number;
}

export interface RoundPreview {
  can_start: boolean;
  reason: string | null;
  preferences: number;
  new_since_last: number;
  need: number;
  estimated_seconds: number | null;
}

export interface RunMetrics {
  names: string[];
  series: SeriesByName;
}

export interface LogLine {
  id: number;
  at: string;
  level: string;
  message: string;
}

export interface ProjectRow {
  id: number;
  name: string;
  description: string;
  role: 'admin' | 'labeler';
  archived: boolean;
  counts: { prompts: number; preferences: number; open: number; mine: number };
  active_policy_number: number | null;
  round: { id: number; number: number; status: string } | null;
}

export interface Project {
  id: number;
  name: string;
  description: string;
  role: 'admin' | 'labeler';
  base_policy: string;
  reward_backbone: string;
  guidelines: { number: number; text: string; created_at: string };
  settings: SettingsDocument;
  archived_at: string | null;
  created_at: string;
  counts: {
    prompts: number;
    panel_prompts: number;
    completions: number;
    comparisons: number;
    open_assignments: number;
    leased_assignments: number;
    preferences: number;
    preferences_since_round: number;
  };
  active_policy: Numbered | null;
  active_round: { id: number; number: number; status: string } | null;
}

export interface PromptRow {
  id: number;
  messages: Message[];
  split: 'train' | 'validation' | 'panel';
  tags: string[];
  completions: number;
  created_at: string;
}

export interface Member {
  user_id: number;
  username: string;
  role: 'admin' | 'labeler';
  joined_at: string;
  preferences: number;
  last_at: string | null;
  position_left_share: number | null;
}

export interface Invite {
  id: number;
  role: 'admin' | 'labeler';
  expires_at: string;
  max_uses: number;
  uses: number;
  revoked_at: string | null;
  /** Only in the answer that made it. */
  url?: string;
}

export interface AuditRow {
  id: number;
  at: string;
  actor: string | null;
  action: string;
  target: string;
  data: Record<string, unknown>;
}

export interface QueueState {
  open: number;
  leased: number;
  done: number;
  withdrawn: number;
  by_policy: { policy_number: number | null; open: number }[];
  by_strategy: { strategy: string; open: number }[];
  next: { comparison_id: number; prompt: string; strategy: string; priority: number; propensity: number }[];
  verdicts_per_hour_24h: { hour: string; n: number }[];
}

export interface PreferenceRow {
  id: number;
  comparison_id: number;
  prompt: Message[];
  completion_a: string;
  completion_b: string;
  kind: string;
  winner: 'a' | 'b' | null;
  strength: number | null;
  annotator: string | null;
  active_ms: number;
  created_at: string;
  superseded_at: string | null;
  policy_a_number: number | null;
  policy_b_number: number | null;
}

export interface Model {
  id: number;
  kind: 'policy' | 'reward_model';
  number: number;
  status: 'candidate' | 'active' | 'retired';
  source: string;
  parent: Numbered | null;
  run_id: number | null;
  round: Numbered | null;
  metrics: Record<string, number>;
  manifest_sha256: string | null;
  created_at: string;
  activated_at: string | null;
  size_mb: number | null;
  comparisons_open: number;
}

export interface ModelDetail extends Model {
  card: string;
  lineage: {
    labels: number;
    snapshot: { id: number; sha256: string; size: number } | null;
    reward_model: Numbered | null;
    policy: Numbered | null;
    completions: number;
    comparisons: number;
    preferences: number;
  };
}

export interface ModelChoice {
  value: string;
  label: string;
  description: string;
}

export interface ProjectDefaults {
  settings: SettingsDocument;
  schema: JsonSchema;
  /** `hub`: a Hugging Face id may be typed in instead. */
  models: { policies: ModelChoice[]; reward_backbones: ModelChoice[]; hub: boolean };
}

export interface Run {
  id: number;
  kind: string;
  status: string;
  attempt: number;
  progress: Progress | null;
  failure_code: string | null;
  failure_detail: string | null;
  job: Record<string, unknown>;
  seed: number;
  input_sha256: string | null;
  code_version: string | null;
  libraries: Record<string, string>;
  snapshot: { id: number; sha256: string; size: number } | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  round_id: number | null;
  project_id: number;
}

export interface ExportManifest {
  rows: number;
  ties_dropped: number;
  both_bad_dropped: number;
  cannot_judge_dropped: number;
}

export interface RejectedRow {
  row: number;
  field?: string;
  message: string;
}

export interface PromptUpload {
  added: number;
  duplicates: number;
  rejected: RejectedRow[];
  rejected_total: number;
}

export interface ProjectCreated extends Project {
  prompts: PromptUpload | null;
}

export interface ImportReport {
  rows: number;
  imported: number;
  already_imported: number;
  prompts_added: number;
  rejected: RejectedRow[];
  rejected_total: number;
  format: string;
}
