import { Code, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { runQuery } from '../../api/round-queries';
import { FactList } from '../../components/fact-list';
import classes from './log-view.module.css';

/** Everything needed to repeat a run exactly: seed, hashes, versions and the job itself. */
export function RunFacts({ runId }: { runId: number }) {
  const { data: run } = useQuery(runQuery(runId));
  if (!run) return null;
  return (
    <details>
      <summary className={classes.summary}>How to repeat run {run.id} exactly</summary>
      <FactList
        facts={[
          { label: 'Seed', value: run.seed },
          { label: 'Attempt', value: run.attempt },
          { label: 'Code version', value: run.code_version ?? 'unknown' },
          { label: 'Input hash', value: run.input_sha256?.slice(0, 16) ?? 'none' },
          {
            label: 'Snapshot',
            value: run.snapshot ? run.snapshot.sha256.slice(0, 16) : 'none',
            note: run.snapshot && `${run.snapshot.size} preferences`,
          },
          {
            label: 'Libraries',
            value: Object.entries(run.libraries)
              .map(([name, version]) => `${name} ${version}`)
              .join(', '),
          },
        ]}
      />
      <Text size="xs" c="dimmed" mt="sm">
        Job
      </Text>
      <Code block tabIndex={0} className={classes.job}>
        {JSON.stringify(run.job, null, 2)}
      </Code>
    </details>
  );
}
