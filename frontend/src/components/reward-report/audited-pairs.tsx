import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { selfLabelsQuery } from '../../api/model-queries';
import { countText } from '../../lib/number-text';
import { FactList } from '../fact-list';
import { IntervalText } from '../interval-text';
import { Notice } from '../notice';
import { QueryView } from '../query-view';

/** How often people, who do not know of it, confirm what the model labeled itself; as of now, not of the run. */
export function AuditedPairs({ modelId }: { modelId: number }) {
  const query = useQuery(selfLabelsQuery(modelId));
  return (
    <QueryView query={query} what="audited pairs" rows={2}>
      {({ precision, audited, judged, stopped }) => (
        <div>
          <FactList
            facts={[
              {
                label: 'Confirmed by people',
                value: precision ? <IntervalText {...precision} /> : 'no verdict yet',
                note: 'as of now; ties are half',
              },
              {
                label: 'Audited',
                value: `${judged.toLocaleString('en')} of ${countText(audited, 'pair')}`,
                note: 'given to labelers unseen',
              },
            ]}
          />
          {stopped === null ? (
            <Text size="sm" c="dimmed" mt="xs">
              The next reward model may label pairs itself.
            </Text>
          ) : (
            <Notice tone="warn" title="The next reward model labels nothing itself">
              {stopped}
            </Notice>
          )}
        </div>
      )}
    </QueryView>
  );
}
