import { Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { IntervalText } from '../../../components/interval-text';
import { StatusText } from '../../../components/status-text';
import { TableScroll } from '../../../components/table-scroll';
import { TextLink } from '../../../components/text-link';
import type { ComparedCheckpoint } from '../../../lib/api-types';
import { numberText, percentText } from '../../../lib/number-text';
import { choiceLabel } from '../../../lib/setting-words';
import { comparedNames } from './compared-names';
import { sqrtKl } from './looks';
import { ruleName } from './rule-words';

interface Measure {
  label: string;
  help?: string;
  cell: (checkpoint: ComparedCheckpoint) => ReactNode;
}

const MEASURES: Measure[] = [
  {
    label: 'Win rate by people',
    help: 'undecided verdicts count half',
    cell: ({ win_rate: rate, step }) => (rate ? <IntervalText {...rate} /> : step === 0 ? '–' : 'not judged yet'),
  },
  {
    label: 'Win rate claimed',
    help: 'by the reward model that was optimised against',
    cell: ({ figures }) => (figures.claimed_win_rate ? <IntervalText {...figures.claimed_win_rate} /> : '–'),
  },
  { label: 'Reward', help: 'a claim as well', cell: ({ figures }) => <IntervalText {...figures.reward} as="number" /> },
  {
    label: 'KL to the reference',
    help: 'nats per completion',
    cell: ({ figures }) => <IntervalText {...figures.kl} as="number" />,
  },
  { label: '√KL', cell: ({ figures }) => numberText(sqrtKl(figures)) },
  {
    label: 'Length',
    help: 'tokens',
    cell: ({ figures }) => <IntervalText {...figures.tokens} as="number" digits={1} />,
  },
  { label: 'Ended by itself', help: 'share of samples', cell: ({ figures }) => percentText(figures.ended_share) },
  { label: 'Perplexity', help: 'of its own samples', cell: ({ figures }) => numberText(figures.perplexity) },
  {
    label: 'Reference perplexity',
    help: 'of the same samples',
    cell: ({ figures }) => numberText(figures.reference_perplexity),
  },
  { label: 'Entropy', help: 'nats per token', cell: ({ figures }) => numberText(figures.entropy) },
  { label: 'Distinct bigrams', cell: ({ figures }) => percentText(figures.distinct_2) },
  { label: 'Distinct words', cell: ({ figures }) => percentText(figures.distinct_1) },
  {
    label: 'Repetition',
    help: 'samples that repeat four words',
    cell: ({ figures }) => percentText(figures.repetition),
  },
  { label: 'Refusals', cell: ({ figures }) => <IntervalText {...figures.refusals} /> },
  { label: 'Unsafe', cell: ({ figures }) => (figures.unsafe ? <IntervalText {...figures.unsafe} /> : 'unknown') },
  {
    label: 'Outside',
    help: 'samples unlike what the reward model learned from',
    cell: ({ figures }) => (figures.outside ? <IntervalText {...figures.outside} /> : 'unknown'),
  },
  {
    label: 'Rules that fired',
    cell: ({ figures: { fired = [] } }) =>
      fired.length === 0
        ? 'none'
        : fired.map(({ rule }) => (
            <div key={rule}>
              <StatusText tone="warn">{ruleName(rule)}</StatusText>
            </div>
          )),
  },
];

interface CompareFiguresProps {
  projectId: number;
  checkpoints: readonly ComparedCheckpoint[];
}

/** What the monitor saw of each checkpoint, a column each; people’s verdicts first. */
export function CompareFigures({ projectId, checkpoints }: CompareFiguresProps) {
  const names = comparedNames(checkpoints);
  return (
    <TableScroll label="Figures of the checkpoints">
      <Table tabularNums>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Measure</Table.Th>
            {checkpoints.map((checkpoint) => (
              <Table.Th key={checkpoint.id} scope="col" miw={150}>
                {names.get(checkpoint.id)}
                <Text size="xs" c="dimmed" fw={400}>
                  {choiceLabel(checkpoint.method)}, seed {checkpoint.seed}
                </Text>
                <Version projectId={projectId} checkpoint={checkpoint} />
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {MEASURES.map(({ label, help, cell }) => (
            <Table.Tr key={label}>
              <Table.Th scope="row" fw={400} miw={150}>
                {label}
                {help && (
                  <Text size="xs" c="dimmed">
                    {help}
                  </Text>
                )}
              </Table.Th>
              {checkpoints.map((checkpoint) => (
                <Table.Td key={checkpoint.id}>{cell(checkpoint)}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </TableScroll>
  );
}

function Version({ projectId, checkpoint }: { projectId: number; checkpoint: ComparedCheckpoint }) {
  const { model_version: version } = checkpoint;
  if (!version) return null;
  return (
    <TextLink
      to="/projects/$id/models/$modelId"
      params={{ id: String(projectId), modelId: String(version.id) }}
      size="xs"
      underline="always"
    >
      Policy {version.number}
    </TextLink>
  );
}
