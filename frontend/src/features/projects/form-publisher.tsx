import { Button, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { answer, api } from '../../api/client';
import { Problem } from '../../api/problem';
import { projectKey } from '../../api/project-queries';
import { ConfirmButton } from '../../components/confirm-button';
import { Notice } from '../../components/notice';
import { PageSection } from '../../components/page-section';
import { ProblemAlert } from '../../components/problem-alert';
import type { Project, QuestionForm } from '../../lib/api-types';
import { focusFirstProblem } from '../../lib/focus-problem';
import { FormDifferenceList } from './form-difference-list';
import { formDifferences } from './form-differences';
import { draftOfForm, formOfDraft, formProblems, formProblemsFrom } from './form-draft';
import { FormEditor } from './form-editor';
import { FORM_PRESETS } from './form-presets';
import { FormPreview } from './form-preview';
import classes from './form-publisher.module.css';

/** The form in force as a draft beside its preview; published after saying which parts of a verdict change. */
export function FormPublisher({ project }: { project: Project }) {
  const { form: published, number } = project.form;
  const [draft, setDraft] = useState(() => draftOfForm(published, published));
  const [problems, setProblems] = useState<Record<string, string>>({});
  const formRef = useRef<HTMLFormElement>(null);
  const form = formOfDraft(draft);
  const isChanged = JSON.stringify(form) !== JSON.stringify(formOfDraft(draftOfForm(published, published)));
  const show = (found: Record<string, string>) => {
    setProblems(found);
    focusFirstProblem(formRef.current);
  };
  const publish = usePublishForm(project.id, show);
  const found = formProblems(form);
  useBlocker({
    shouldBlockFn: () =>
      isChanged && !publish.isSuccess && !window.confirm('Leave without publishing the changed form?'),
    enableBeforeUnload: () => isChanged,
  });
  return (
    <form ref={formRef} onSubmit={(event) => event.preventDefault()} noValidate>
      <Presets onChoose={(preset) => setDraft(draftOfForm(preset, published))} />
      <div className={classes.columns}>
        <div className={classes.editor}>
          <FormEditor value={draft} problems={problems} onChange={setDraft} />
        </div>
        <div className={classes.preview}>
          <PageSection title="Preview">
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
            <section className={classes.scroll} tabIndex={0} aria-label="Preview">
              <FormPreview form={form} />
            </section>
          </PageSection>
        </div>
      </div>
      {problems.form && (
        <Notice tone="bad" title="The form contradicts itself" role="alert">
          {problems.form}
        </Notice>
      )}
      <ProblemAlert error={publish.error} title="The form was not published" />
      <Group justify="flex-end" gap="xs" mb="md">
        {isChanged && (
          <Button variant="default" onClick={() => setDraft(draftOfForm(published, published))}>
            Take back
          </Button>
        )}
        {Object.keys(found).length > 0 ? (
          <Button onClick={() => show(found)}>Publish version {number + 1}</Button>
        ) : (
          <ConfirmButton
            variant="filled"
            title={`Publish version ${number + 1}?`}
            consequence={
              <Stack gap="xs">
                <Text>Labelers are asked this from their next comparison on. What changes in a verdict:</Text>
                <FormDifferenceList differences={formDifferences(published, form)} />
                <Text size="sm" c="dimmed">
                  Verdicts given before stay as they are and keep version {number}.
                </Text>
              </Stack>
            }
            confirmLabel="Publish"
            disabled={!isChanged}
            loading={publish.isPending}
            onConfirm={() => publish.mutate(form)}
          >
            Publish version {number + 1}
          </ConfirmButton>
        )}
      </Group>
    </form>
  );
}

function Presets({ onChoose }: { onChoose: (form: QuestionForm) => void }) {
  return (
    <Group gap="xs" mb="md" role="group" aria-label="Start from">
      <Text size="sm" c="dimmed">
        Start from
      </Text>
      {FORM_PRESETS.map(({ key, label, description, form }) => (
        <Button key={key} variant="default" size="xs" title={description} onClick={() => onChoose(form)}>
          {label}
        </Button>
      ))}
    </Group>
  );
}

function usePublishForm(projectId: number, onProblems: (problems: Record<string, string>) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (form: QuestionForm) =>
      answer(
        api.POST('/api/projects/{project_id}/forms/', {
          params: { path: { project_id: projectId } },
          body: { form },
        }),
      ),
    onSuccess: ({ number }) => {
      notifications.show({ title: 'Published', message: `Version ${number} of the question form is in force.` });
      return queryClient.invalidateQueries({ queryKey: projectKey(projectId) });
    },
    onError: (error) => {
      if (error instanceof Problem) onProblems(formProblemsFrom(error.fields));
    },
  });
}
