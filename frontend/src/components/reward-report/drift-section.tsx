import { Stack, Text } from '@mantine/core';
import type { Drift } from '../../lib/api-types';
import { countText, numberText } from '../../lib/number-text';
import { FactList } from '../fact-list';
import { IntervalText } from '../interval-text';
import { changeText } from './report-words';

/** This reward model against the one before it on the same held-out pairs. */
export function DriftSection({ drift }: { drift: Drift }) {
  const change = drift.accuracy_change;
  return (
    <Stack gap="sm">
      <FactList
        facts={[
          {
            label: 'Pairs ranked the other way',
            value: <IntervalText {...drift.flips} />,
            note: `of ${countText(drift.n, 'held-out pair')}`,
          },
          {
            label: 'Change of accuracy',
            value: change ? changeText(change) : 'not measured',
            note: change && `on ${countText(change.n, 'pair')}`,
          },
          {
            label: 'Rank correlation of the differences',
            value: numberText(drift.rank_correlation),
            note: '1: the same order',
          },
        ]}
      />
      {drift.says && (
        <Text size="sm" c="dimmed">
          {drift.says}
        </Text>
      )}
    </Stack>
  );
}
