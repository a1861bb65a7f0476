import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { FactList } from '../../components/fact-list';
import { FieldHelp } from '../../components/field-help';
import { IntervalBar } from '../../components/interval-bar';
import { IntervalText } from '../../components/interval-text';
import { PageSection } from '../../components/page-section';
import { TextLink } from '../../components/text-link';
import type { Interval, Quality } from '../../lib/api-types';
import { countText, percentText } from '../../lib/number-text';

interface ProjectFiguresProps {
  projectId: number;
  quality: Quality;
}

/** Agreement, known pairs, consistency and cycles of the whole project; where one is missing, what brings it. */
export function ProjectFigures({ projectId, quality }: ProjectFiguresProps) {
  const { agreement, gold, consistency, cycles } = quality;
  const overlap = (
    <>
      none yet: two labelers must judge the same pair;{' '}
      <SettingsLink projectId={projectId}>raise the overlap</SettingsLink> where it is 1
    </>
  );
  return (
    <PageSection
      title="The project"
      description={`${countText(quality.verdicts, 'verdict')} counted, ${countText(agreement.comparisons_with_overlap, 'comparison')} judged by more than one. Intervals are at 95 %.`}
    >
      <FactList
        facts={[
          {
            label: 'Krippendorff’s α',
            value: <Figure interval={agreement.alpha} as="number" none={agreement.alpha_reason ?? overlap} />,
            note: agreement.alpha && (
              <>
                1 is full agreement, 0 is chance{' '}
                <FieldHelp of="Krippendorff’s α">
                  Agreement on the direction of verdicts beyond chance, for any number of labelers and with gaps. For
                  preferences, values from 0.3 to 0.6 are common; near 0 the labels say little.
                </FieldHelp>
              </>
            ),
          },
          {
            label: 'Pairwise agreement',
            value: <Figure interval={agreement.pairwise} none={overlap} />,
            note: agreement.pairwise && 'two verdicts on one pair have the same direction',
          },
          {
            label: 'Fleiss’ κ',
            value: <Figure interval={agreement.kappa} as="number" none={overlap} />,
          },
          {
            label: 'Known pairs judged as expected',
            value: (
              <Figure
                interval={gold}
                none={
                  <>
                    none yet: <GoldLink projectId={projectId} /> and{' '}
                    <SettingsLink projectId={projectId}>mix them in</SettingsLink>
                  </>
                }
              />
            ),
          },
          {
            label: 'Same verdict on a repeat',
            value: <Figure interval={consistency.repeats} none={<Repeats projectId={projectId} />} />,
          },
          {
            label: 'Same verdict with sides swapped',
            value: <Figure interval={consistency.mirrored} none={<Repeats projectId={projectId} />} />,
          },
          {
            label: 'Circular verdicts',
            value: (
              <Figure
                interval={cycles.rate}
                normal={cycles.chance}
                none="no three pairs of the same three completions yet"
              />
            ),
            note: cycles.rate && `${percentText(cycles.chance)} by chance, ${countText(cycles.triads, 'triad')}`,
          },
        ]}
      />
    </PageSection>
  );
}

interface FigureProps {
  interval: Interval | null;
  as?: 'percent' | 'number';
  normal?: number;
  none: ReactNode;
}

function Figure({ interval, as = 'percent', normal, none }: FigureProps) {
  if (!interval) {
    return (
      <Text span size="sm" c="dimmed">
        {none}
      </Text>
    );
  }
  return (
    <>
      <IntervalText {...interval} as={as} />
      <IntervalBar interval={interval} normal={normal} />
    </>
  );
}

function Repeats({ projectId }: { projectId: number }) {
  return (
    <>
      none yet: <SettingsLink projectId={projectId}>set a share of repeats</SettingsLink>
    </>
  );
}

function SettingsLink({ projectId, children }: { projectId: number; children: ReactNode }) {
  return (
    <TextLink to="/projects/$id/settings" params={{ id: String(projectId) }} underline="always" inherit>
      {children}
    </TextLink>
  );
}

function GoldLink({ projectId }: { projectId: number }) {
  return (
    <TextLink to="/projects/$id/gold" params={{ id: String(projectId) }} underline="always" inherit>
      add known pairs
    </TextLink>
  );
}
