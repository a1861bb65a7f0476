import { Stack } from '@mantine/core';
import type { LatentGroups } from '../../lib/api-types';
import { percentText } from '../../lib/number-text';
import { type Column, DataTable } from '../data-table';
import { FactList } from '../fact-list';
import { IntervalText } from '../interval-text';
import { Notice } from '../notice';
import { ShowAll } from '../show-all';
import { useLabelerName } from './use-labeler-name';

interface GroupSectionProps {
  groups: LatentGroups;
  projectId: number;
}

/** Whether the labelers want one thing or two, and who wants which. */
export function GroupSection({ groups, projectId }: GroupSectionProps) {
  const nameOf = useLabelerName(projectId);
  const columns: Column<LatentGroups['labelers'][number]>[] = [
    { key: 'labeler', header: 'Labeler', cell: ({ annotator }) => nameOf(annotator) },
    {
      key: 'share',
      header: 'In the second group, likely',
      numeric: true,
      cell: ({ share_second: share }) => percentText(share),
    },
  ];
  return (
    <Stack gap="md">
      <Notice
        tone={groups.alarm ? 'bad' : 'neutral'}
        title={groups.alarm ? 'The labelers want two different things' : 'One reward is enough'}
      >
        {groups.says}
      </Notice>
      <FactList
        facts={[
          {
            label: 'Gain of two rewards over one',
            value: <IntervalText {...groups.gain} as="number" digits={3} />,
            note: 'nats for each held-out verdict; above 0 two explain more',
          },
          { label: 'Pairs on which they disagree', value: percentText(groups.apart) },
        ]}
      />
      {groups.alarm && (
        <ShowAll rows={groups.labelers.toSorted((one, other) => other.share_second - one.share_second)}>
          {(rows) => (
            <DataTable
              caption="Labelers by group"
              columns={columns}
              rows={rows}
              rowKey={({ annotator }) => annotator}
            />
          )}
        </ShowAll>
      )}
    </Stack>
  );
}
