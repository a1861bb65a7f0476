import { Group, Select } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { PreferenceFilters } from '../../api/data-queries';
import { rowsOf } from '../../api/pages';
import { memberListQuery } from '../../api/project-queries';
import { VERDICT_KINDS } from './data-words';
import { filtersFromSearch } from './preference-filters';

interface PreferenceFilterBarProps {
  projectId: number;
  filters: PreferenceFilters;
  onChange: (filters: PreferenceFilters) => void;
}

/** Chooses whose and which verdicts are listed. */
export function PreferenceFilterBar({ projectId, filters, onChange }: PreferenceFilterBarProps) {
  const members = useInfiniteQuery(memberListQuery(projectId));
  const change = (part: Record<string, string | null>) => onChange(filtersFromSearch({ ...filters, ...part }));
  return (
    <Group gap="sm" mb="md" align="flex-end">
      <Select
        label="Person"
        placeholder="Everybody"
        clearable
        data={rowsOf(members.data).map((member) => ({ value: String(member.user_id), label: member.username }))}
        value={filters.annotator === undefined ? null : String(filters.annotator)}
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
    </Group>
  );
}
