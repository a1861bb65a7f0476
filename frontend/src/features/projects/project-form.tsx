import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useMemo, useRef, useState } from 'react';
import { answer, api } from '../../api/client';
import { Problem } from '../../api/problem';
import { PageSection } from '../../components/page-section';
import { ProblemAlert } from '../../components/problem-alert';
import { SettingsForm } from '../../components/settings-form';
import type { ProjectDefaults } from '../../lib/api-types';
import { focusFirstProblem } from '../../lib/focus-problem';
import { sectionsOfSchema } from '../../lib/json-schema';
import { PRESET_SECTION } from '../../lib/policy-presets';
import { BASIC_SETTINGS } from '../../lib/settings-basics';
import { problemsByPath, settingProblems } from '../../lib/settings-document';
import { BasicsFields } from './basics-fields';
import { MarkdownInput } from './markdown-input';
import { ModelsSection } from './models-section';
import { PolicyPresetChoice } from './policy-preset-choice';
import { PresetChoice } from './preset-choice';
import { ProjectCreated } from './project-created';
import { bodyOfDraft, chosenForm, draftProblems, emptyDraft, offeredNames, type ProjectDraft } from './project-draft';
import { PromptSource } from './prompt-source';

/** The form of a new project in sections; the server's messages appear at the fields they are about. */
export function ProjectForm({ defaults }: { defaults: ProjectDefaults }) {
  const sections = useMemo(() => sectionsOfSchema(defaults.schema), [defaults.schema]);
  const [draft, setDraft] = useState(() => emptyDraft(defaults));
  const [problems, setProblems] = useState<Record<string, string>>({});
  const formRef = useRef<HTMLFormElement>(null);
  const create = useCreateProject((fields) => {
    setProblems(problemsByPath(fields));
    focusFirstProblem(formRef.current);
  });
  const change = (part: Partial<ProjectDraft>) => setDraft({ ...draft, ...part });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = { ...draftProblems(draft), ...settingProblems(sections, draft.settings) };
    setProblems(found);
    if (Object.keys(found).length === 0) create.mutate(draft);
    else focusFirstProblem(formRef.current);
  };
  if (create.data?.prompts?.rejected_total) {
    return <ProjectCreated id={create.data.id} name={create.data.name} prompts={create.data.prompts} />;
  }
  return (
    <form ref={formRef} onSubmit={submit} noValidate>
      <PageSection title="Basics">
        <Stack gap="md">
          <BasicsFields value={draft} problems={problems} onChange={change} />
          <MarkdownInput
            label="Guidelines"
            description="What makes one completion better than another, in markdown. Labelers read them first."
            value={draft.guidelines}
            onChange={(guidelines) => change({ guidelines })}
            error={problems.guidelines}
          />
        </Stack>
      </PageSection>
      <PageSection
        title="Prompts"
        description="Conversations that end where a completion begins. More can be added later."
      >
        <PromptSource
          value={draft.prompts}
          onChange={(prompts) => change({ prompts })}
          error={problems.prompts ?? problems['prompts.text']}
        />
      </PageSection>
      <ModelsSection models={defaults.models} draft={draft} problems={problems} onChange={change} />
      <PageSection title="Question form" description="What labelers are asked. Every part of it can be changed later.">
        <PresetChoice value={draft.form} error={problems.form} onChange={(form) => change({ form })} />
      </PageSection>
      <PageSection title="Settings" description="The defaults are measured ones; all can be changed later.">
        <SettingsForm
          sections={sections}
          value={draft.settings}
          saved={defaults.settings}
          basic={BASIC_SETTINGS}
          errors={problems}
          offered={offeredNames(chosenForm(draft))}
          onChange={(settings) => change({ settings })}
          leads={{
            [PRESET_SECTION]: (
              <PolicyPresetChoice
                sections={sections}
                value={draft.settings}
                saved={defaults.settings}
                onChange={(settings) => change({ settings })}
              />
            ),
          }}
        />
      </PageSection>
      <ProblemAlert error={create.error} title="The project was not created" />
      <Group justify="flex-end" gap="sm">
        {Object.keys(problems).length > 0 && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            Some fields need another look.
          </Text>
        )}
        <Button type="submit" loading={create.isPending}>
          Create project
        </Button>
      </Group>
    </form>
  );
}

function useCreateProject(onFields: (fields: Record<string, string[]>) => void) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (draft: ProjectDraft) => answer(api.POST('/api/projects/', { body: bodyOfDraft(draft) })),
    onSuccess: (project) => {
      void queryClient.invalidateQueries({ queryKey: ['projects', 'list'] });
      // Rows that could not be used are shown first; the page that lists them leads on.
      if (project.prompts?.rejected_total) return;
      void navigate({ to: '/projects/$id', params: { id: String(project.id) } });
    },
    onError: (error) => {
      if (error instanceof Problem) onFields({ ...error.fields });
    },
  });
}
