import { Stack, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { IntervalText } from '../../components/interval-text';
import { TableScroll } from '../../components/table-scroll';
import type { EvaluationReport, Interval, PolicyStats } from '../../lib/api-types';
import { capitalised } from '../../lib/capitalised';
import { numberText, percentText } from '../../lib/number-text';

interface EvaluationPanelProps {
  report: EvaluationReport;
  /** How often people preferred the new policy, once they have judged pairs of both. */
  panel: Interval | null;
  before: string;
  after: string;
}

interface Measure {
  label: string;
  help: string;
  cell: (stats: PolicyStats) => ReactNode;
}

const MEASURES: Measure[] = [
  {
    label: 'Reward',
    help: 'mean over panel prompts, in spreads of the reference policy',
    cell: ({ reward }) => <IntervalText {...reward} as="number" />,
  },
  {
    label: 'KL to the reference',
    help: 'nats per completion',
    cell: ({ kl }) => <IntervalText {...kl} as="number" />,
  },
  { label: 'Length', help: 'tokens', cell: ({ tokens }) => <IntervalText {...tokens} as="number" /> },
  { label: 'Ended by itself', help: 'share of completions', cell: ({ ended_share }) => percentText(ended_share) },
  {
    label: 'Distinct bigrams',
    help: 'share; falls when texts become alike',
    cell: ({ distinct_2 }) => percentText(distinct_2),
  },
  {
    label: 'Repetition',
    help: 'share of texts that repeat four words',
    cell: ({ repetition }) => percentText(repetition),
  },
  {
    label: 'Reference NLL',
    help: 'nats per token; rises when text leaves the language',
    cell: ({ reference_nll }) => numberText(reference_nll),
  },
  {
    label: 'Outside',
    help: 'share of texts unlike what the reward model learned from',
    cell: ({ outside }) => (typeof outside === 'number' ? percentText(outside) : '–'),
  },
];

/** The new policy beside the old one on panel prompts: win rate first, then what it cost. */
export function EvaluationPanel({ report, panel, before, after }: EvaluationPanelProps) {
  return (
    <Stack gap="sm">
      <Text>
        Win rate of {after} over {before}: <IntervalText {...report.win_rate} />
      </Text>
      <Text size="sm" c="dimmed">
        Judged by the reward model on prompts that no run trains on. Above 50 % the new policy is preferred.
      </Text>
      {panel && (
        <Text>
          Judged by people on panel prompts: <IntervalText {...panel} />
        </Text>
      )}
      <TableScroll label="Before and after">
        <Table tabularNums>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Measure</Table.Th>
              <Table.Th scope="col">{capitalised(before)}</Table.Th>
              <Table.Th scope="col">{capitalised(after)}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {MEASURES.map(({ label, help, cell }) => (
              <Table.Tr key={label}>
                <Table.Th scope="row" fw={400}>
                  {label}
                  <Text size="xs" c="dimmed">
                    {help}
                  </Text>
                </Table.Th>
                <Table.Td>{cell(report.before)}</Table.Td>
                <Table.Td>{cell(report.after)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </TableScroll>
    </Stack>
  );
}
