import { Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import { IntervalText } from '../../../components/interval-text';
import { LineChart } from '../../../components/line-chart';
import { Notice } from '../../../components/notice';
import { PageSection } from '../../../components/page-section';
import { XyPlot } from '../../../components/xy-plot';
import type { FiredRule, Frontier, MonitorConfig } from '../../../lib/api-types';
import { numberText } from '../../../lib/number-text';
import { frontierPanels } from './frontier';
import type { Look } from './looks';
import classes from './monitor-section.module.css';
import { monitorCharts } from './monitor-series';

interface MonitorSectionProps {
  looks: readonly Look[];
  limits: MonitorConfig;
  /** The rule that fires when people stop preferring what tuning gives. */
  people: FiredRule | null;
  /** Where people liked the checkpoints best. */
  frontier: Frontier | null;
  isWorking: boolean;
}

/** Whether tuning still helps: the reward model's claim beside people's verdicts, and signs of exploitation. */
export function MonitorSection({ looks, limits, people, frontier, isWorking }: MonitorSectionProps) {
  const charts = useMemo(() => monitorCharts(looks, limits), [looks, limits]);
  return (
    <PageSection
      title="Over-optimisation monitor"
      description={`Panel prompts, which are never trained on, answered every ${limits.every} steps. The reward is what tuning learns to please: only people’s verdicts say whether it helps.`}
    >
      {looks.length === 0 ? (
        <Text c="dimmed">{isWorking ? NOT_YET : 'The monitor looked at no checkpoint of this run.'}</Text>
      ) : (
        <Stack gap="lg">
          {people && (
            <Notice tone="warn" title="People like the newest checkpoints less and less">
              {people.explanation}
            </Notice>
          )}
          <div className={classes.charts}>
            {charts.map(({ title, unit, as, series, missing }) => (
              <div key={title} className={classes.chart}>
                <LineChart title={title} unit={unit} as={as} series={series} height={140} />
                {missing && (
                  <Text size="xs" c="dimmed">
                    {missing}
                  </Text>
                )}
              </div>
            ))}
          </div>
          <XyPlot
            title="Frontier"
            xLabel="√KL to the reference"
            panels={frontierPanels(looks, frontier)}
            marks={frontier ? [{ x: frontier.best_sqrt_kl.value, label: 'people like it best' }] : []}
          />
          <Text size="sm" c="dimmed" maw="75ch">
            Each dot is a checkpoint. Where the claimed win rate rises and people’s does not, the reward model is being
            exploited. {frontier ? <Best frontier={frontier} /> : 'No checkpoint has been judged by people yet.'}
          </Text>
        </Stack>
      )}
    </PageSection>
  );
}

function Best({ frontier: { best_sqrt_kl: at, best_value: value, curve } }: { frontier: Frontier }) {
  return (
    <>
      People liked it best at √KL {numberText(at.value)} (95 %: {numberText(at.low)} to {numberText(at.high)}), with a
      win rate of <IntervalText {...value} />.{curve && ' The dashed curve is fitted to their win rates, as a guide.'}
    </>
  );
}

const NOT_YET = 'No look yet; the first one comes before the first step.';
