import { Group, NativeSelect, NumberInput, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../../api/client';
import { type ExclusionScope, exclusionPreviewQuery } from '../../api/exclusion-queries';
import { rowsOf } from '../../api/pages';
import { Problem } from '../../api/problem';
import { memberListQuery, projectKey } from '../../api/project-queries';
import { ConfirmButton } from '../../components/confirm-button';
import { PageSection } from '../../components/page-section';
import { ProblemAlert } from '../../components/problem-alert';
import { QueryView } from '../../components/query-view';
import { countText } from '../../lib/number-text';
import { ExclusionForesight } from './exclusion-foresight';
import { type ExclusionRule, NO_RULE, ruleProblem, scopeOfRule } from './exclusion-rule';

const LEAST_REASON = 10;
const TYPING_MS = 300;

interface ExclusionBuilderProps {
  projectId: number;
  start: ExclusionRule;
}

/** Builds a rule, shows at once what it would touch, and excludes after a reason was given. */
export function ExclusionBuilder({ projectId, start }: ExclusionBuilderProps) {
  const [rule, setRule] = useState(start);
  const [reason, setReason] = useState('');
  const [settled] = useDebouncedValue(rule, TYPING_MS);
  const problem = ruleProblem(rule);
  const preview = useQuery(exclusionPreviewQuery(projectId, scopeOfRule(settled), ruleProblem(settled) === null));
  const exclude = useExclude(projectId, () => {
    setRule(NO_RULE);
    setReason('');
  });
  // What the server says about the version of the guidelines belongs at its field.
  const unknown = preview.error instanceof Problem ? preview.error.fields.guidelines_number?.join(' ') : undefined;
  const isShort = reason.trim().length < LEAST_REASON;
  const touched = preview.data?.preferences ?? 0;
  return (
    <PageSection
      title="Exclude preferences"
      description="What is named must all hold. Nothing is deleted: the preferences stay in the list, and an exclusion can be lifted."
    >
      <Stack gap="md">
        <RuleFields projectId={projectId} rule={rule} guidelinesProblem={unknown} onChange={setRule} />
        {problem || unknown ? (
          <Text size="sm" c="dimmed">
            {problem}
          </Text>
        ) : (
          <section aria-label="What it would touch" aria-live="polite">
            <QueryView query={preview} what="foresight" rows={3}>
              {(found) => <ExclusionForesight projectId={projectId} preview={found} />}
            </QueryView>
          </section>
        )}
        <Textarea
          label="Reason"
          description={`At least ${LEAST_REASON} characters; it stands in the audit log.`}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={2000}
          autosize
          minRows={2}
        />
        <ProblemAlert error={exclude.error} title="The preferences were not excluded" />
        <Group justify="flex-end">
          <ConfirmButton
            variant="filled"
            color="red.8"
            title={`Exclude ${countText(touched, 'preference')}?`}
            consequence="No snapshot takes them from now on, nor any given later that fits the rule. Models that learned from them stay as they are until a new round replaces them."
            confirmLabel="Exclude"
            disabled={problem !== null || isShort || touched === 0 || settled !== rule || preview.isPlaceholderData}
            loading={exclude.isPending}
            onConfirm={() => exclude.mutate({ ...scopeOfRule(rule), reason: reason.trim() })}
          >
            Exclude
          </ConfirmButton>
        </Group>
      </Stack>
    </PageSection>
  );
}

interface RuleFieldsProps {
  projectId: number;
  rule: ExclusionRule;
  guidelinesProblem: string | undefined;
  onChange: (rule: ExclusionRule) => void;
}

function RuleFields({ projectId, rule, guidelinesProblem, onChange }: RuleFieldsProps) {
  const members = useInfiniteQuery(memberListQuery(projectId));
  const people = rowsOf(members.data).map(({ user_id: id, username }) => ({ value: String(id), label: username }));
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
      <NativeSelect
        label="Labeler"
        data={[{ value: '', label: 'Anybody' }, ...people]}
        value={rule.annotatorId}
        onChange={(event) => onChange({ ...rule, annotatorId: event.currentTarget.value })}
      />
      <TextInput
        type="datetime-local"
        label="Given from"
        value={rule.from}
        onChange={(event) => onChange({ ...rule, from: event.currentTarget.value })}
      />
      <TextInput
        type="datetime-local"
        label="Given before"
        value={rule.until}
        onChange={(event) => onChange({ ...rule, until: event.currentTarget.value })}
      />
      <NumberInput
        label="Guidelines version"
        value={rule.guidelines}
        placeholder="any"
        error={guidelinesProblem}
        min={1}
        allowDecimal={false}
        onChange={(value) => onChange({ ...rule, guidelines: String(value) })}
      />
    </SimpleGrid>
  );
}

function useExclude(projectId: number, onDone: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: ExclusionScope & { reason: string }) =>
      answer(api.POST('/api/projects/{project_id}/exclusions/', { params: { path: { project_id: projectId } }, body })),
    onSuccess: ({ preferences }) => {
      notifications.show({
        title: 'Excluded',
        message: `${countText(preferences, 'preference')} will not be trained on.`,
      });
      onDone();
      return queryClient.invalidateQueries({ queryKey: projectKey(projectId) });
    },
  });
}
