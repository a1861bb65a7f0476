import type { ReactNode } from 'react';
import type { RewardModelReport } from '../../lib/api-types';
import { AccuracySection } from './accuracy-section';
import { BestOfNSection } from './best-of-n-section';
import { CalibrationSection } from './calibration-section';
import { DriftSection } from './drift-section';
import { FeedbackSection } from './feedback-section';
import { GroupSection } from './group-section';
import { LabelerSection } from './labeler-section';
import { LearningSection } from './learning-section';
import { PrincipleSection } from './principle-section';
import { ProbeSection } from './probe-section';
import {
  accuracyHeadline,
  bestOfNHeadline,
  calibrationHeadline,
  driftHeadline,
  feedbackHeadline,
  groupHeadline,
  type Headline,
  labelerHeadline,
  learningHeadline,
  principleHeadline,
  probeHeadline,
  selfLabelHeadline,
  sliceHeadline,
  smoothingHeadline,
} from './report-words';
import { SelfLabelSection } from './self-label-section';
import { SliceSection } from './slice-section';
import { SmoothingSection } from './smoothing-section';

/** Where a report stands. */
export interface ReportPlace {
  projectId: number;
  /** The version that it is about; null while its run has not been stored. */
  modelId: number | null;
}

export interface ReportSection {
  key: string;
  title: string;
  /** What the section shows, and what to do where it is bad. */
  explain: string;
  headline: (report: RewardModelReport) => Headline;
  /** Null where the report has nothing to show. */
  content: (report: RewardModelReport, place: ReportPlace) => ReactNode | null;
  /** Why there may be nothing, and what would bring it. */
  missing: string;
}

/** Every section of a report in reading order. */
export const REPORT_SECTIONS: readonly ReportSection[] = [
  {
    key: 'accuracy',
    title: 'Accuracy',
    explain:
      'How often the reward model ranks held-out pairs as people did. If it is no better than a naive rule, label more, or settle disagreements in the review room.',
    headline: accuracyHeadline,
    content: (report) => <AccuracySection report={report} />,
    missing: '',
  },
  {
    key: 'slices',
    title: 'Parts',
    explain:
      'The same accuracy on parts of the held-out pairs. Where a part is clearly worse, ask for more pairs of it, or look at who labeled it.',
    headline: sliceHeadline,
    content: (report, { projectId }) =>
      report.slices?.length ? <SliceSection report={report} projectId={projectId} /> : null,
    missing: 'Parts: prompts have no tags, and no labeler has enough held-out preferences.',
  },
  {
    key: 'calibration',
    title: 'Calibration',
    explain:
      'Whether its probabilities come true, above all for the samples it likes best, where a policy will go. If they do not, tune with an uncertainty penalty, or label pairs of the newest samples.',
    headline: calibrationHeadline,
    content: (report) => (report.calibration.length > 0 ? <CalibrationSection report={report} /> : null),
    missing: 'Calibration: too few held-out preferences.',
  },
  {
    key: 'probes',
    title: 'Probes',
    explain:
      'What a change that should not matter does to the reward. Beyond the limit a policy will exploit it: mend the labels before tuning.',
    headline: probeHeadline,
    content: ({ probes = [] }) => (probes.length > 0 ? <ProbeSection probes={probes} /> : null),
    missing: 'Probes: need the full evaluation, and at least 20 held-out completions.',
  },
  {
    key: 'best-of-n',
    title: 'Best of n',
    explain:
      'What choosing by this reward model gains in people’s eyes. A curve that bends down shows how far it can be trusted: hold the policy nearer than that.',
    headline: bestOfNHeadline,
    content: (report) => (report.best_of_n?.length ? <BestOfNSection report={report} /> : null),
    missing: 'Best of n: needs the full evaluation, and prompts of which several completions were compared.',
  },
  {
    key: 'drift',
    title: 'Drift',
    explain:
      'How this reward model differs from the one before. Many pairs ranked anew without gain in accuracy speak for unsteady labels or too few of them.',
    headline: driftHeadline,
    content: ({ drift }) => drift && <DriftSection drift={drift} />,
    missing: 'Drift: there was no reward model before, or the full evaluation is off.',
  },
  {
    key: 'learning-curve',
    title: 'Learning curve',
    explain:
      'Held-out accuracy by number of preferences, and a forecast. Where it is flat, more labels of the same kind will not help: change the questions, the labelers or the backbone.',
    headline: learningHeadline,
    content: ({ learning_curve: curve, preferences }) =>
      curve && <LearningSection curve={curve} preferences={preferences} />,
    missing: 'Learning curve: made where the full evaluation is on.',
  },
  {
    key: 'feedback',
    title: 'Feedback trained on',
    explain:
      'What the reward model learned from. Kinds that are missing may weigh nothing in the settings of the reward model.',
    headline: feedbackHeadline,
    content: ({ feedback = {} }) => (Object.keys(feedback).length > 0 ? <FeedbackSection feedback={feedback} /> : null),
    missing: '',
  },
  {
    key: 'labelers',
    title: 'Labelers',
    explain:
      'How far the crowd model trusts each labeler. Whoever lies below 50 % answers against the others: talk to them, or exclude their verdicts.',
    headline: labelerHeadline,
    content: ({ labelers = [] }, { projectId }) =>
      labelers.length > 0 ? <LabelerSection labelers={labelers} projectId={projectId} /> : null,
    missing: 'Labelers: all count the same; the crowd model is a setting of the reward model.',
  },
  {
    key: 'groups',
    title: 'One taste or two',
    explain:
      'Whether two groups of labelers want different things, which one reward would average away. If so, decide whose wish counts where: say it in the guidelines, or split the work by tags and groups.',
    headline: groupHeadline,
    content: ({ groups }, { projectId }) => groups && <GroupSection groups={groups} projectId={projectId} />,
    missing: 'One taste or two: needs several labelers with enough verdicts each.',
  },
  {
    key: 'smoothing',
    title: 'Smoothed labels',
    explain:
      'Training on labels that slowly follow the model, beside training on the verdicts as given. If the smoothed loss ends higher, labels follow too fast: lower the rate.',
    headline: smoothingHeadline,
    content: ({ smoothing }, { projectId }) =>
      smoothing && <SmoothingSection smoothing={smoothing} projectId={projectId} />,
    missing: 'Smoothed labels are off.',
  },
  {
    key: 'self-labels',
    title: 'Self-labels',
    explain:
      'Pairs that the reward model judged itself and then learned from. A loop that lowers held-out accuracy is rolled back; if that happens often, label more by hand first.',
    headline: selfLabelHeadline,
    content: ({ self_labels: found }, { modelId }) => found && <SelfLabelSection found={found} modelId={modelId} />,
    missing: 'Self-labels are off.',
  },
  {
    key: 'principles',
    title: 'Principles',
    explain:
      'How far the reward obeys each principle and its negation. One near 50 % is not understood yet: let labelers judge the aspect, or word it anew.',
    headline: principleHeadline,
    content: ({ principles }, { projectId }) =>
      principles && <PrincipleSection principles={principles} projectId={projectId} />,
    missing: 'Principles: none were published when it was trained.',
  },
];
