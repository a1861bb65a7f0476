import { Button, Group, Stack, Text } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { ConfirmButton } from '../../components/confirm-button';
import { EmptyState } from '../../components/empty-state';
import { PlusIcon } from '../../components/icons';
import { PageSection } from '../../components/page-section';
import { ProblemAlert } from '../../components/problem-alert';
import { ReasonButton } from '../../components/reason-button';
import { TextLink } from '../../components/text-link';
import type { Principle, PrincipleStanding, PrinciplesOverview } from '../../lib/api-types';
import { focusFirstProblem } from '../../lib/focus-problem';
import { focusLastRow } from '../../lib/focus-row';
import { moved } from '../../lib/moved';
import { ChangeList } from './change-list';
import { DraftPreview } from './draft-preview';
import {
  changesBetween,
  draftOf,
  draftProblems,
  PRINCIPLES_MOST,
  type PrincipleRow,
  principlesOf,
  prohibited,
  weightText,
  withFresh,
} from './principle-draft';
import { PrincipleFields } from './principle-fields';
import { usePublishPrinciples } from './use-publish-principles';

interface PrinciplesEditorProps {
  projectId: number;
  overview: PrinciplesOverview;
}

/** The list in force as a draft, with what it would change; published after saying why. */
export function PrinciplesEditor({ projectId, overview }: PrinciplesEditorProps) {
  const published = overview.version?.principles ?? [];
  const next = (overview.version?.number ?? 0) + 1;
  const [draft, setDraft] = useState(() => draftOf(published));
  const [problems, setProblems] = useState<Record<string, string>>({});
  const editor = useRef<HTMLDivElement>(null);
  const principles = principlesOf(draft);
  const isChanged = JSON.stringify(principles) !== JSON.stringify(principlesOf(draftOf(published)));
  const show = (found: Record<string, string>) => {
    setProblems(found);
    focusFirstProblem(editor.current);
  };
  const publish = usePublishPrinciples(projectId, show);
  const found = draftProblems(draft);
  const isValid = Object.keys(found).length === 0;
  useBlocker({
    shouldBlockFn: () =>
      isChanged && !publish.isSuccess && !window.confirm('Leave without publishing the changed principles?'),
    enableBeforeUnload: () => isChanged,
  });
  const add = (of: { key: string; name: string }) => {
    setDraft(withFresh(draft, of));
    focusLastRow(editor.current);
  };
  const change = (id: number, part: Partial<PrincipleRow>) =>
    setDraft(draft.map((row) => (row.id === id ? { ...row, ...part } : row)));
  return (
    <div ref={editor}>
      <PageSection title="The list" description="A key names the aspect of the question form whose verdicts teach it.">
        {draft.length === 0 && <NoPrinciples projectId={projectId} />}
        <Stack component="ol" gap="md" m={0} p={0} style={{ listStyle: 'none' }}>
          {draft.map((row, index) => (
            <PrincipleFields
              key={row.id}
              projectId={projectId}
              row={row}
              index={index}
              count={draft.length}
              standings={overview.standings}
              fewestLabels={overview.fewest_labels}
              problems={problems}
              onChange={(part) => change(row.id, part)}
              onMove={(by) => setDraft(moved(draft, index, by))}
              onRemove={() => setDraft(draft.filter(({ id }) => id !== row.id))}
            >
              {!isChanged && (
                <Prohibit
                  principle={published[index]}
                  isPending={publish.isPending}
                  onProhibit={({ key, name }) =>
                    publish.mutate({
                      principles: prohibited(published, key),
                      note: `“${name}” is prohibited.`,
                    })
                  }
                />
              )}
            </PrincipleFields>
          ))}
        </Stack>
        <Additions draft={draft} standings={overview.standings} onAdd={add} />
      </PageSection>
      <DraftPreview projectId={projectId} principles={principles} isValid={isValid} />
      <ProblemAlert error={publish.error} title="The principles were not published" />
      {isChanged && (
        <Group justify="flex-end" gap="xs" mb="md">
          <Button variant="default" onClick={() => setDraft(draftOf(published))}>
            Take back
          </Button>
          {isValid ? (
            <ReasonButton
              variant="filled"
              title={`Publish version ${next}?`}
              consequence={
                <Stack gap="xs">
                  <Text>Rounds that begin from now on obey it. What changes:</Text>
                  <ChangeList changes={changesBetween(published, principles)} />
                </Stack>
              }
              confirmLabel="Publish"
              reasonLabel="Note"
              reasonHelp="What changed and why; it stands beside the version."
              least={1}
              most={2000}
              loading={publish.isPending}
              onConfirm={(note) => publish.mutate({ principles, note })}
            >
              Publish version {next}
            </ReasonButton>
          ) : (
            <Button onClick={() => show(found)}>Publish version {next}</Button>
          )}
        </Group>
      )}
    </div>
  );
}

function NoPrinciples({ projectId }: { projectId: number }) {
  return (
    <EmptyState title="No principle yet">
      The reward follows the labelers’ overall verdicts alone. A principle is one rule beside them, such as “stay
      short”: its weight can be changed, or turned into a prohibition, from one round to the next. It is learned from
      verdicts on the aspect of the same key, which the{' '}
      <TextLink to="/projects/$id/form" params={{ id: String(projectId) }} underline="always">
        question form
      </TextLink>{' '}
      asks for.
    </EmptyState>
  );
}

interface ProhibitProps {
  principle: Principle | undefined;
  isPending: boolean;
  onProhibit: (principle: Principle) => void;
}

/** One click against a learned trick: the published principle's negation comes into force, the rest stays. */
function Prohibit({ principle, isPending, onProhibit }: ProhibitProps) {
  if (!principle || principle.weight < 0) return null;
  const weight = prohibited([principle], principle.key)[0]?.weight ?? 0;
  return (
    <ConfirmButton
      size="xs"
      color="red.8"
      title={`Prohibit “${principle.name}”?`}
      consequence={
        <>
          <Text>
            Its weight goes from {weightText(principle.weight)} to {weightText(weight)}, which is published at once.
            From the next round on the reward obeys:
          </Text>
          <Text fw={600} dir="auto" mt="xs" style={{ overflowWrap: 'anywhere' }}>
            {principle.negative}
          </Text>
        </>
      }
      confirmLabel="Prohibit"
      loading={isPending}
      onConfirm={() => onProhibit(principle)}
    >
      Prohibit
    </ConfirmButton>
  );
}

interface AdditionsProps {
  draft: readonly PrincipleRow[];
  standings: readonly PrincipleStanding[];
  onAdd: (of: { key: string; name: string }) => void;
}

function Additions({ draft, standings, onAdd }: AdditionsProps) {
  const isFull = draft.length >= PRINCIPLES_MOST;
  const aspects = standings.filter(({ key, aspect }) => aspect !== null && !draft.some((row) => row.key === key));
  return (
    <Group gap="xs" mt="md">
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<PlusIcon />}
        disabled={isFull}
        onClick={() => onAdd({ key: '', name: '' })}
      >
        Add a principle
      </Button>
      {aspects.map(({ key, aspect }) => (
        <Button
          key={key}
          variant="default"
          size="compact-sm"
          leftSection={<PlusIcon />}
          disabled={isFull}
          onClick={() => onAdd({ key, name: aspect ?? key })}
        >
          Add “{aspect}”
        </Button>
      ))}
      {isFull && (
        <Text size="sm" c="dimmed">
          {PRINCIPLES_MOST} at most
        </Text>
      )}
    </Group>
  );
}
