import { Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { type FormEvent, useMemo, useRef, useState } from 'react';
import { answer, api } from '../../api/client';
import { Problem } from '../../api/problem';
import { projectKey } from '../../api/project-queries';
import { PageSection } from '../../components/page-section';
import { ProblemAlert } from '../../components/problem-alert';
import { SettingsForm } from '../../components/settings-form';
import type { Project } from '../../lib/api-types';
import { focusFirstProblem } from '../../lib/focus-problem';
import { type JsonSchema, type SettingsDocument, sectionsOfSchema } from '../../lib/json-schema';
import { PRESET_SECTION } from '../../lib/policy-presets';
import { BASIC_SETTINGS } from '../../lib/settings-basics';
import { problemsByPath, settingChanges, settingProblems } from '../../lib/settings-document';
import { BasicsFields } from './basics-fields';
import { PolicyPresetChoice } from './policy-preset-choice';
import { offeredNames, settingsBody } from './project-draft';
import { SaveBar } from './save-bar';

interface ProjectSettingsFormProps {
  project: Project;
  schema: JsonSchema;
}

/** The project's own fields and its settings, with what changed and a warning before unsaved changes are left. */
export function ProjectSettingsForm({ project, schema }: ProjectSettingsFormProps) {
  const sections = useMemo(() => sectionsOfSchema(schema), [schema]);
  const [draft, setDraft] = useState(() => editable(project));
  const [problems, setProblems] = useState<Record<string, string>>({});
  const saved = editable(project);
  const changes = [
    ...(['name', 'description'] as const)
      .filter((key) => draft[key] !== saved[key])
      .map((key) => ({
        path: key,
        label: key === 'name' ? 'Name' : 'Description',
        kind: 'text' as const,
        before: saved[key],
        after: draft[key],
      })),
    ...settingChanges(sections, saved.settings, draft.settings),
  ];
  useBlocker({
    shouldBlockFn: () => changes.length > 0 && !window.confirm('Leave without saving the changed settings?'),
    enableBeforeUnload: () => changes.length > 0,
  });
  const formRef = useRef<HTMLFormElement>(null);
  const save = useSaveProject(project.id, (fields) => {
    setProblems(problemsByPath(fields));
    focusFirstProblem(formRef.current);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = settingProblems(sections, draft.settings);
    setProblems(found);
    if (Object.keys(found).length === 0) save.mutate(draft);
    else focusFirstProblem(formRef.current);
  };
  return (
    <form ref={formRef} onSubmit={submit} noValidate>
      <PageSection title="Basics">
        <Stack gap="md">
          <BasicsFields value={draft} problems={problems} onChange={(part) => setDraft({ ...draft, ...part })} />
        </Stack>
      </PageSection>
      <PageSection title="The loop">
        <SettingsForm
          sections={sections}
          value={draft.settings}
          saved={saved.settings}
          basic={BASIC_SETTINGS}
          errors={problems}
          offered={offeredNames(project.form.form)}
          onChange={(settings) => setDraft({ ...draft, settings })}
          leads={{
            [PRESET_SECTION]: (
              <PolicyPresetChoice
                sections={sections}
                value={draft.settings}
                saved={saved.settings}
                onChange={(settings) => setDraft({ ...draft, settings })}
              />
            ),
          }}
        />
      </PageSection>
      <ProblemAlert error={save.error} title="The settings were not saved" />
      <SaveBar changes={changes} isSaving={save.isPending} onReset={() => setDraft(saved)} />
    </form>
  );
}

interface Editable {
  name: string;
  description: string;
  settings: SettingsDocument;
}

function editable({ name, description, settings }: Project): Editable {
  return { name, description, settings };
}

function useSaveProject(id: number, onFields: (fields: Record<string, string[]>) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ name, description, settings }: Editable) =>
      answer(
        api.PATCH('/api/projects/{project_id}/', {
          params: { path: { project_id: id } },
          body: { name, description, settings: settingsBody(settings), archived: null },
        }),
      ),
    onSuccess: (project) => {
      queryClient.setQueryData([...projectKey(id), 'detail'], project);
      void queryClient.invalidateQueries({ queryKey: ['projects'] });
    },
    onError: (error) => {
      if (error instanceof Problem) onFields({ ...error.fields });
    },
  });
}
