import { Table, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { cardComparisonQuery } from '../../api/card-queries';
import { modelListQuery } from '../../api/model-queries';
import { rowsOf } from '../../api/pages';
import { PageSection } from '../../components/page-section';
import { QueryView } from '../../components/query-view';
import { RewardModelChoice } from '../../components/reward-model-choice';
import { TableScroll } from '../../components/table-scroll';
import type { CardDifference } from '../../lib/api-types';
import { modelName } from '../../lib/model-words';

/** The lines in which the card differs from that of another reward model of the project. */
export function CardComparison({ projectId, modelId }: { projectId: number; modelId: number }) {
  const models = useInfiniteQuery(modelListQuery(projectId, 'reward_model'));
  const [otherId, setOtherId] = useState<number | null>(null);
  const others = rowsOf(models.data).filter(({ id }) => id !== modelId);
  if (others.length === 0) return null;
  return (
    <PageSection
      title="Difference"
      description="Every line that another reward model's card says otherwise."
      actions={<RewardModelChoice others={others} chosen={otherId} onChoose={setOtherId} />}
    >
      {otherId !== null && <Difference modelId={modelId} otherId={otherId} />}
    </PageSection>
  );
}

function Difference({ modelId, otherId }: { modelId: number; otherId: number }) {
  const query = useQuery(cardComparisonQuery(modelId, otherId));
  return (
    <QueryView query={query} what="difference">
      {({ before_number: before, after_number: after, differences }) =>
        differences.length === 0 ? (
          <Text>The two cards say the same.</Text>
        ) : (
          <TableScroll label="Differences between the two cards">
            <Table tabularNums>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">Line</Table.Th>
                  <Table.Th scope="col">{modelName('reward_model', before)}</Table.Th>
                  <Table.Th scope="col">{modelName('reward_model', after)}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {differences.map((difference) => (
                  <DifferenceRow key={`${difference.section} ${difference.label}`} {...difference} />
                ))}
              </Table.Tbody>
            </Table>
          </TableScroll>
        )
      }
    </QueryView>
  );
}

function DifferenceRow({ section, label, before, after }: CardDifference) {
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400}>
        {section}: {label}
      </Table.Th>
      <Table.Td>{before || '—'}</Table.Td>
      <Table.Td>{after || '—'}</Table.Td>
    </Table.Tr>
  );
}
