import { Stack, Table, Text } from '@mantine/core';
import { RelativeTime } from '../../components/relative-time';
import { StatusText } from '../../components/status-text';
import { TableScroll } from '../../components/table-scroll';
import type { Gate, GateCheck } from '../../lib/api-types';
import { markText, numberText, percentText } from '../../lib/number-text';

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
                <Table.Td ta="right">{figureText(check, check.value)}</Table.Td>
                <Table.Td ta="right">{demandText(check)}</Table.Td>
                <Table.Td>
                  <StatusText tone={check.passed ? 'good' : 'bad'}>{check.passed ? 'passed' : 'not passed'}</StatusText>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </TableScroll>
      {gate.checks.some(({ name }) => BOUNDS.has(name)) && (
        <Text size="xs" c="dimmed">
          A gate’s bound is one-sided: it lies within the two-sided interval of the same share.
        </Text>
      )}
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

function demandText(check: GateCheck): string {
  // A limit is what somebody typed: no more digits than it has.
  return `${check.comparison} ${SHARES.has(check.name) ? percentText(check.limit) : markText(check.limit)}`;
}

/** Checks whose figure is a share. */
const SHARES: ReadonlySet<string> = new Set(['accuracy', 'win_rate', 'ended_share_drop']);
/** Checks of the lower bound of a share, which is not the lower end of the interval shown elsewhere. */
const BOUNDS: ReadonlySet<string> = new Set(['accuracy', 'win_rate']);

function figureText({ name }: GateCheck, value: number): string {
  return SHARES.has(name) ? percentText(value) : numberText(value);
}
