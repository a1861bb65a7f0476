import { Stack, Text } from '@mantine/core';
import { FactList } from '../../../components/fact-list';
import { PageSection } from '../../../components/page-section';
import { XyPlot } from '../../../components/xy-plot';
import type { Preflight } from '../../../lib/api-types';
import { capitalised } from '../../../lib/capitalised';
import { countText, markText, numberText } from '../../../lib/number-text';
import { fewestEffective, preflightPanels } from './frontier';
import type { Look } from './looks';

interface PreflightSectionProps {
  preflight: Preflight;
  looks: readonly Look[];
}

/** Where more optimisation was expected to stop helping, and what tuning then did. */
export function PreflightSection({ preflight, looks }: PreflightSectionProps) {
  const { suggested_beta: beta, stop_sqrt_kl: stop, used_kl_coef: used, note } = preflight;
  const fewest = fewestEffective(preflight.samples);
  const hasFaint = preflight.points.some((point) => point.effective_samples < fewest);
  return (
    <PageSection
      title="Pre-flight"
      description="Before tuning: what it would claim and what it would be worth at each distance from the reference, by weighting the reference’s own samples."
    >
      <Stack gap="md">
        <FactList
          facts={[
            {
              label: 'KL penalty suggested',
              value: beta === null ? 'none' : numberText(beta),
              note: beta === null ? undefined : 'of the highest prediction',
            },
            {
              label: 'Stop at √KL',
              value: stop === null ? 'none' : numberText(stop),
              note: stop === null ? undefined : 'beyond it people are expected to like it less',
            },
            { label: 'KL penalty used', value: numberText(used) },
            {
              label: 'Panel prompts',
              value: preflight.prompts,
              note: `${countText(preflight.samples, 'sample')} each`,
            },
            { label: 'Verdicts', value: preflight.verdicts, note: 'on panel prompts; the prediction rests on them' },
          ]}
        />
        {note && <Text size="sm">{capitalised(note)}.</Text>}
        <XyPlot
          title="Expected and measured"
          xLabel="√KL to the reference"
          panels={preflightPanels(preflight, looks)}
          marks={typeof stop === 'number' ? [{ x: stop, label: 'stop' }] : []}
        />
        {hasFaint && (
          <Text size="sm" c="dimmed">
            Hollow grey points rest on fewer than {markText(fewest)} effective samples of a prompt: too few to count.
          </Text>
        )}
      </Stack>
    </PageSection>
  );
}
