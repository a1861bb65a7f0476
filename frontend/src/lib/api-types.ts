/** Names for the shapes of the API’s answers that several places read; the shapes themselves are generated. */

import type { components } from '../api/schema';

type Schemas = components['schemas'];

export type Message = Schemas['Message'];
export type Interval = Schemas['Interval'];

export type Project = Schemas['ProjectOut'];
export type ProjectRow = Schemas['ProjectRow'];
export type ProjectDefaults = Schemas['ProjectDefaultsOut'];
export type ProjectSettings = Schemas['ProjectSettingsRequest'];
export type ModelChoice = Schemas['ModelChoice'];
export type PromptRow = Schemas['PromptOut'];
export type PromptUpload = Schemas['PromptsAdded'];
export type Member = Schemas['MemberOut'];
export type Invite = Schemas['InviteOut'];
export type AuditRow = Schemas['AuditOut'];

export type Round = Schemas['RoundOut'];
export type RoundStep = Schemas['StepOut'];
export type RoundPreview = Schemas['RoundPreviewOut'];
export type Gate = Schemas['GateOut'];
export type GateCheck = Schemas['GateCheck'];
export type RewardModelReport = Schemas['RewardModelReport'];
export type SliceFigures = Schemas['SliceFigures'];
export type Probe = Schemas['Probe'];
export type BestOfNPoint = Schemas['BestOfNPoint'];
export type Drift = Schemas['Drift'];
export type LearningCurve = Schemas['LearningCurve'];
export type LabelerWeight = Schemas['LabelerWeight'];
export type LatentGroups = Schemas['LatentGroups'];
export type Smoothing = Schemas['Smoothing'];
export type SelfLabels = Schemas['SelfLabels'];
export type Principles = Schemas['Principles'];
export type PrincipleFigures = Schemas['PrincipleFigures'];
export type Principle = Schemas['Principle'];
export type PrincipleChange = Schemas['PrincipleChange'];
export type PrincipleStanding = Schemas['PrincipleStanding'];
export type PrinciplesOverview = Schemas['PrinciplesOut'];
export type PrinciplesPreview = Schemas['PrinciplesPreviewOut'];
export type EvaluationReport = Schemas['EvaluationReport'];
export type PolicyStats = Schemas['PolicyStats'];
export type SamplePair = Schemas['SamplePair'];
export type PolicyPreset = Schemas['PolicyPreset'];
export type Progress = Schemas['ProgressOut'];
export type Run = Schemas['RunOut'];
export type RunRef = Schemas['RunRef'];
export type PolicyReport = Schemas['PolicyReport'];
export type MonitorConfig = Schemas['MonitorConfig'];
export type Preflight = Schemas['Preflight'];
export type Frontier = Schemas['Frontier'];
export type FiredRule = Schemas['FiredRule'];
export type CheckpointFigures = Schemas['CheckpointFigures'];
export type Checkpoint = Schemas['CheckpointOut'];
export type CheckpointRef = Schemas['CheckpointRef'];
export type Checkpoints = Schemas['CheckpointsOut'];
export type ComparedCheckpoint = Schemas['ComparedCheckpoint'];
export type PromptSamples = Schemas['PromptSamples'];
export type LogLine = Schemas['LogLineOut'];

export type Model = Schemas['ModelOut'];
export type ModelDetail = Schemas['ModelDetailOut'];

export type ModelCard = Schemas['CardOut'];
export type StatementCard = Schemas['StatementOut'];
export type CardStatement = Schemas['CardStatement'];
export type CardField = Schemas['CardField'];
export type CardDifference = Schemas['CardDifference'];

export type QueueState = Schemas['QueueOut'];
export type QueueChoice = Schemas['QueueChoiceOut'];
export type RoundNovelty = Schemas['RoundNovelty'];
export type PreferenceRow = Schemas['PreferenceOut'];
export type PreferenceKind = Schemas['PreferenceKind'];
export type ImportReport = Schemas['ImportOut'];

/** A row of a file that could not be used; prompts also name the field. */
export type RejectedRow = Schemas['RejectedRow'] & { field?: string };

export type QuestionForm = Schemas['QuestionForm'];
export type FormVersion = Schemas['FormOut'];

export type ReviewItem = Schemas['ReviewItem'];
export type ReviewVerdict = Schemas['ReviewVerdict'];
export type Exclusion = Schemas['ExclusionOut'];
export type ExclusionPreview = Schemas['ExclusionPreviewOut'];
export type PreferenceEffect = Schemas['EffectOut'];

export type Quality = Schemas['QualityOut'];
export type LabelerQuality = Schemas['LabelerQuality'];
export type LabelerFlag = Schemas['FlagOut'];

export type GoldPair = Schemas['GoldOut'];
export type GoldImport = Schemas['GoldImported'];
export type ExpectedVerdict = Schemas['ExpectedInRequest'];
export type Span = Schemas['Span'];
export type ExportManifest = Schemas['ExportManifest'];
