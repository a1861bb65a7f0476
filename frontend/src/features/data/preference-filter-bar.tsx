import { Checkbox, Group, Select } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { PreferenceFilters } from '../../api/data-queries';
import { rowsOf } from '../../api/pages';
import { memberListQuery } from '../../api/project-queries';
import { VERDICT_KINDS } from '../../lib/verdict-words';
import { filtersFromSearch } from './preference-filters';

interface PreferenceFilterBarProps {
  projectId: number;
  filters: PreferenceFilters;
  onChange: (filters: PreferenceFilters) => void;
}

/** Chooses whose and which verdicts are listed. */
export function PreferenceFilterBar({ projectId, filters, onChange }: PreferenceFilterBarProps) {
  const members = useInfiniteQuery(memberListQuery(projectId));
  const change = (part: Record<string, string | boolean | null>) =>
    onChange(filtersFromSearch({ ...filters, ...part }));
  return (
    <Group gap="sm" mb="md" align="flex-end">
      <Select
        label="Person"
        placeholder="Everybody"
        clearable
        data={rowsOf(members.data).map((member) => ({ value: member.username, label: member.username }))}
        value={filters.annotator ?? null}
        onChange={(annotator) => change({ annotator })}
      />
      <Select
        label="Verdict"
        placeholder="All"
        clearable
        data={[...VERDICT_KINDS]}
        value={filters.kind ?? null}
        onChange={(kind) => change({ kind })}
      />
      <Checkbox
        label="Also undone ones"
        checked={filters.superseded ?? false}
        onChange={(event) => change({ superseded: event.currentTarget.checked })}
        mb={8}
      />
    </Group>
  );
}
