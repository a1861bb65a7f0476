import { Stack, Text } from '@mantine/core';
import { FactList } from '../../components/fact-list';
import { IntervalText } from '../../components/interval-text';
import { Notice } from '../../components/notice';
import type { QueueChoice } from '../../lib/api-types';
import { countText, pointsText } from '../../lib/number-text';

/** Agreement of the reward model with new verdicts: corrected for how pairs were chosen, beside the plain share. */
export function LiveAgreementView({ live }: { live: QueueChoice['live'] }) {
  if (!live.corrected || !live.as_chosen || !live.gap) {
    return (
      <Text c="dimmed">
        {countText(live.comparisons, 'pair')} with a decided verdict and rewards so far. At least ten are needed.
      </Text>
    );
  }
  return (
    <Stack gap="sm">
      <FactList
        facts={[
          { label: 'Corrected', value: <IntervalText {...live.corrected} />, note: 'over all pairs that were sampled' },
          { label: 'As chosen', value: <IntervalText {...live.as_chosen} />, note: 'over the pairs that were asked' },
          {
            label: 'Difference',
            value: `${pointsText(live.gap.value)} points`,
            note: `${pointsText(live.gap.low)} to ${pointsText(live.gap.high)}`,
          },
        ]}
      />
      {live.alarm && (
        <Notice tone="warn" title="The chosen pairs are not like the others">
          The two figures differ by more than 2 points beyond noise. Read the corrected one; plain averages over these
          verdicts mislead.
        </Notice>
      )}
    </Stack>
  );
}
