import { Stack, Table, Text } from '@mantine/core';
import { RelativeTime } from '../../components/relative-time';
import { StatusText } from '../../components/status-text';
import { TableScroll } from '../../components/table-scroll';
import type { Gate, GateCheck } from '../../lib/api-types';
import { numberText } from '../../lib/number-text';

/** Each check of a gate with what was measured, what was demanded and whether it passed. */
export function GatePanel({ title, gate }: { title: string; gate: Gate }) {
  return (
    <Stack gap="xs" mt="md">
      <StatusText tone={gate.passed ? 'good' : gate.override ? 'warn' : 'bad'}>{verdictText(gate)}</StatusText>
      <TableScroll label={title}>
        <Table tabularNums>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Check</Table.Th>
              <Table.Th scope="col" ta="right">
                Measured
              </Table.Th>
              <Table.Th scope="col" ta="right">
                Demanded
              </Table.Th>
              <Table.Th scope="col">Result</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {gate.checks.map((check) => (
              <Table.Tr key={check.name}>
                <Table.Th scope="row" fw={400}>
                  {check.label}
                </Table.Th>
                <Table.Td ta="right">{numberText(check.value)}</Table.Td>
                <Table.Td ta="right">{demandText(check)}</Table.Td>
                <Table.Td>
                  <StatusText tone={check.passed ? 'good' : 'bad'}>{check.passed ? 'passed' : 'not passed'}</StatusText>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </TableScroll>
      {gate.override && (
        <Text size="sm">
          Overridden by {gate.override.by} <RelativeTime at={gate.override.at} />: “{gate.override.reason}”
        </Text>
      )}
    </Stack>
  );
}

function verdictText(gate: Gate): string {
  if (gate.passed) return 'Passed every check';
  const failed = gate.checks.filter((check) => !check.passed).length;
  const words = `${failed} of ${gate.checks.length} checks not passed`;
  return gate.override ? `${words}, overridden` : words;
}

function demandText({ comparison, limit }: GateCheck): string {
  return `${comparison} ${numberText(limit)}`;
}
