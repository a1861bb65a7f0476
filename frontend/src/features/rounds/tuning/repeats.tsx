import { Button, Text } from '@mantine/core';
import { ConfirmButton } from '../../../components/confirm-button';
import { DataTable } from '../../../components/data-table';
import { PageSection } from '../../../components/page-section';
import { StatusText } from '../../../components/status-text';
import type { Run } from '../../../lib/api-types';
import { runStatus, seedsOf } from './run-words';
import type { TuningAct } from './use-tuning-acts';

interface RepeatsProps {
  run: Run;
  isPending: boolean;
  onAct: (act: TuningAct) => void;
  onSelectRun: (runId: number) => void;
}

/** The same tuning with other seeds: what differs between them is chance. */
export function Repeats({ run, isPending, onAct, onSelectRun }: RepeatsProps) {
  const seeds = seedsOf(run);
  const isRepeatable = (run.repeats ?? run).status === 'done';
  if (seeds.length === 1 && !isRepeatable) return null;
  return (
    <PageSection
      title="Seeds"
      description="The same job on the same inputs with other seeds. What differs between them is chance; the round does not wait for repeats."
      actions={
        isRepeatable && (
          <ConfirmButton
            title="Run again with another seed?"
            consequence="The tuning is done once more with another seed, beside the round, and takes about as long as the first time. It changes no policy by itself; its checkpoints can be compared and made candidates."
            confirmLabel="Run again"
            loading={isPending}
            onConfirm={() => onAct({ kind: 'repeat' })}
          >
            Run again with another seed
          </ConfirmButton>
        )
      }
    >
      {seeds.length === 1 ? (
        <Text c="dimmed">Tuned with one seed so far.</Text>
      ) : (
        <DataTable
          caption="Seeds"
          rows={seeds}
          rowKey={({ id }) => id}
          columns={[
            { key: 'run', header: 'Run', numeric: true, width: 80, cell: ({ id }) => id },
            { key: 'seed', header: 'Seed', cell: ({ seed }) => seed },
            {
              key: 'status',
              header: 'State',
              cell: ({ status }) => {
                const { label, tone } = runStatus(status);
                return <StatusText tone={tone}>{label}</StatusText>;
              },
            },
            {
              key: 'show',
              header: 'Shown',
              cell: ({ id }) =>
                id === run.id ? (
                  'shown here'
                ) : (
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-label={`Show run ${id}`}
                    onClick={() => onSelectRun(id)}
                  >
                    Show
                  </Button>
                ),
            },
          ]}
        />
      )}
    </PageSection>
  );
}
