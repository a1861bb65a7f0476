import { Button, Checkbox, Group, Stack, Text, VisuallyHidden } from '@mantine/core';
import { ButtonLink } from '../../../components/button-link';
import { type Column, DataTable } from '../../../components/data-table';
import { PageSection } from '../../../components/page-section';
import { IntervalCell } from '../../../components/reward-report/interval-cell';
import { StatusText } from '../../../components/status-text';
import type { Run } from '../../../lib/api-types';
import { idsSearch } from '../../../lib/id-list';
import { countText, minusText, percentText } from '../../../lib/number-text';
import { CheckpointActs } from './checkpoint-acts';
import { inPeoplesOrder, type Look } from './looks';
import { ruleName } from './rule-words';
import { MOST_COMPARED, useTicked } from './use-ticked';
import type { TuningAct } from './use-tuning-acts';

interface CheckpointTableProps {
  projectId: number;
  run: Run;
  looks: readonly Look[];
  pending: TuningAct | null;
  onAct: (act: TuningAct) => void;
}

/** The run's checkpoints by what people say of them, with what can be done with each. */
export function CheckpointTable({ projectId, run, looks, pending, onAct }: CheckpointTableProps) {
  const { ticked, toggle, clear } = useTicked();
  if (looks.length === 0) return null;
  return (
    <PageSection
      title="Checkpoints"
      description="Ranked by people’s win rate against step 0 alone. Those that nobody has judged stand below, by step: the reward model ranks nothing here."
      actions={<Compare projectId={projectId} ticked={ticked} onClear={clear} />}
    >
      <Stack gap="xs">
        <DataTable
          caption="Checkpoints"
          rows={inPeoplesOrder(looks)}
          rowKey={({ figures }) => figures.step}
          columns={[
            {
              key: 'tick',
              header: <VisuallyHidden>Compare</VisuallyHidden>,
              width: 40,
              cell: ({ figures, checkpoint }) => (
                <Checkbox
                  aria-label={`Compare step ${figures.step}`}
                  checked={checkpoint !== null && ticked.includes(checkpoint.id)}
                  disabled={checkpoint === null || (ticked.length >= MOST_COMPARED && !ticked.includes(checkpoint.id))}
                  onChange={() => checkpoint && toggle(checkpoint.id)}
                />
              ),
            },
            ...COLUMNS,
            {
              key: 'acts',
              header: <VisuallyHidden>Actions</VisuallyHidden>,
              cell: ({ checkpoint }) =>
                checkpoint && (
                  <CheckpointActs
                    projectId={projectId}
                    run={run}
                    checkpoint={checkpoint}
                    pending={pending}
                    onAct={onAct}
                  />
                ),
            },
          ]}
        />
        <Text size="sm" c="dimmed">
          Tick two to four to compare them, of other runs as well. “Figures” has everything with intervals, and the
          samples.
        </Text>
      </Stack>
    </PageSection>
  );
}

function Compare({
  projectId,
  ticked,
  onClear,
}: {
  projectId: number;
  ticked: readonly number[];
  onClear: () => void;
}) {
  if (ticked.length === 0) return null;
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed" role="status">
        {countText(ticked.length, 'checkpoint')} ticked
      </Text>
      <Button size="compact-xs" variant="subtle" onClick={onClear}>
        Clear
      </Button>
      {ticked.length > 1 && (
        <ButtonLink
          size="xs"
          to="/projects/$id/checkpoints/compare"
          params={{ id: String(projectId) }}
          search={{ checkpoints: idsSearch(ticked) }}
        >
          Compare
        </ButtonLink>
      )}
    </Group>
  );
}

const COLUMNS: Column<Look>[] = [
  { key: 'step', header: 'Step', numeric: true, cell: ({ figures }) => figures.step },
  { key: 'people', header: 'Win rate by people', cell: (look) => <People {...look} /> },
  {
    key: 'claimed',
    header: 'Claimed',
    numeric: true,
    cell: ({ figures }) => percentText(figures.claimed_win_rate?.value),
  },
  { key: 'reward', header: 'Reward', numeric: true, cell: ({ figures }) => minusText(figures.reward.value.toFixed(2)) },
  { key: 'kl', header: 'KL', numeric: true, cell: ({ figures }) => minusText(figures.kl.value.toFixed(1)) },
  { key: 'tokens', header: 'Length', numeric: true, cell: ({ figures }) => figures.tokens.value.toFixed(0) },
  {
    key: 'fired',
    header: 'Rules',
    cell: ({ figures: { fired = [] } }) =>
      fired.length === 0
        ? '–'
        : fired.map(({ rule }) => (
            <div key={rule}>
              <StatusText tone="warn">{ruleName(rule)}</StatusText>
            </div>
          )),
  },
];

function People({ figures, checkpoint }: Look) {
  if (figures.step === 0) {
    return (
      <Text size="sm" c="dimmed">
        before tuning: the others are compared with it
      </Text>
    );
  }
  if (checkpoint?.win_rate) {
    return (
      <>
        <Text size="xs" c="dimmed">
          rank {checkpoint.rank}
        </Text>
        <IntervalCell interval={checkpoint.win_rate} normal={0.5} />
      </>
    );
  }
  return (
    <Text size="sm" c="dimmed">
      not judged yet{checkpoint && checkpoint.queued > 0 && `, ${countText(checkpoint.queued, 'pair')} queued`}
    </Text>
  );
}
