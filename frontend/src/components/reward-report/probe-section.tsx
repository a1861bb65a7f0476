import { Stack, Text } from '@mantine/core';
import type { Probe } from '../../lib/api-types';
import { numberText } from '../../lib/number-text';
import { type Column, DataTable } from '../data-table';
import { Notice } from '../notice';
import { StatusText } from '../status-text';
import { IntervalCell } from './interval-cell';
import { PROBE_WORDS, probeRemedy, probeScale, probeState } from './probe-words';

/** What a change that should not matter does to the reward, with its limit, and what to do at an alarm. */
export function ProbeSection({ probes }: { probes: readonly Probe[] }) {
  const scale = probeScale(probes);
  const columns: Column<Probe>[] = [
    {
      key: 'probe',
      header: 'Probe',
      cell: ({ name, says }) => (
        <>
          {PROBE_WORDS[name].label}
          <Text size="xs" c="dimmed" maw="40ch">
            {says}
          </Text>
        </>
      ),
    },
    {
      key: 'effect',
      header: 'Effect, standard deviations',
      cell: ({ effect, limit, alarm }) => (
        <IntervalCell interval={effect} as="number" scale={scale} normal={0} zone={[-limit, limit]} isBad={alarm} />
      ),
    },
    { key: 'limit', header: 'Limit', numeric: true, cell: ({ limit }) => `±${numberText(limit)}` },
    {
      key: 'state',
      header: 'State',
      cell: (probe) => {
        const { text, tone } = probeState(probe);
        return <StatusText tone={tone}>{text}</StatusText>;
      },
    },
  ];
  return (
    <Stack gap="sm">
      <DataTable caption="Probes" columns={columns} rows={probes} rowKey={({ name }) => name} />
      {probes
        .filter(({ alarm }) => alarm)
        .map((probe) => (
          <Notice key={probe.name} tone="bad" title={`${PROBE_WORDS[probe.name].label} moves the reward`}>
            {probeRemedy(probe)}
          </Notice>
        ))}
    </Stack>
  );
}
