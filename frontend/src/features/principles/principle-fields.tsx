import { Autocomplete, Box, Group, SimpleGrid, Stack, TagsInput, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { RowActs } from '../../components/row-acts';
import type { PrincipleStanding } from '../../lib/api-types';
import type { PrincipleRow } from './principle-draft';
import classes from './principle-fields.module.css';
import { StandingText } from './standing-text';
import { WeightInput } from './weight-input';

interface PrincipleFieldsProps {
  projectId: number;
  row: PrincipleRow;
  index: number;
  count: number;
  standings: readonly PrincipleStanding[];
  fewestLabels: number;
  problems: Record<string, string>;
  onChange: (part: Partial<PrincipleRow>) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
  /** Acts on the published principle. */
  children?: ReactNode;
}

/** One principle: its words, its weight, where it holds, and what stands behind it. */
export function PrincipleFields(props: PrincipleFieldsProps) {
  const { projectId, row, index, count, standings, fewestLabels, problems, onChange, onMove, onRemove } = props;
  const title = row.name.trim() || `principle ${index + 1}`;
  const problem = (field: string) => problems[`${index}.${field}`];
  return (
    <Stack component="li" gap="sm" className={classes.row} aria-label={title} data-row>
      <Group align="flex-start" gap="sm" wrap="nowrap">
        <SimpleGrid cols={{ base: 1, xs: 2 }} flex={1} miw={0}>
          <TextInput
            label="Name"
            value={row.name}
            onChange={(event) => onChange({ name: event.currentTarget.value })}
            error={problem('name')}
            maxLength={80}
            required
          />
          <Autocomplete
            label="Key"
            description="That of the aspect that labelers judge it by."
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            data={standings.map(({ key }) => key)}
            value={row.key}
            onChange={(key) => onChange({ key })}
            error={problem('key')}
            maxLength={40}
            comboboxProps={{ withinPortal: false }}
            required
          />
        </SimpleGrid>
        <Box pt="lg">
          <RowActs title={title} index={index} count={count} onMove={onMove} onRemove={onRemove} />
        </Box>
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Textarea
          label="What is wanted"
          value={row.positive}
          onChange={(event) => onChange({ positive: event.currentTarget.value })}
          error={problem('positive')}
          maxLength={500}
          autosize
          minRows={2}
          required
        />
        <Textarea
          label="Its negation, as a prohibition"
          value={row.negative}
          onChange={(event) => onChange({ negative: event.currentTarget.value })}
          error={problem('negative')}
          maxLength={500}
          autosize
          minRows={2}
          required
        />
        <WeightInput value={row.weight} error={problem('weight')} onChange={(weight) => onChange({ weight })} />
        <TagsInput
          label="Only prompts tagged"
          description="With one of these tags; empty holds for all."
          value={row.tags}
          onChange={(tags) => onChange({ tags })}
          error={problem('tags')}
          maxLength={60}
          maxTags={20}
          comboboxProps={{ withinPortal: false }}
        />
      </SimpleGrid>
      <Group justify="space-between" gap="xs">
        <StandingText
          projectId={projectId}
          standing={standings.find(({ key }) => key === row.key)}
          fewestLabels={fewestLabels}
        />
        {props.children}
      </Group>
    </Stack>
  );
}
