import { Text } from '@mantine/core';
import { ButtonLink } from '../../components/button-link';
import { PageSection } from '../../components/page-section';
import { RejectedTable } from '../../components/rejected-table';
import type { PromptUpload } from '../../lib/api-types';
import { countText } from '../../lib/number-text';

interface ProjectCreatedProps {
  id: number;
  name: string;
  prompts: PromptUpload;
}

/** Shown instead of the form when a project was made but some rows of its prompts could not be used. */
export function ProjectCreated({ id, name, prompts }: ProjectCreatedProps) {
  return (
    <PageSection
      title={`“${name}” was created`}
      actions={
        <ButtonLink to="/projects/$id" params={{ id: String(id) }}>
          Open the project
        </ButtonLink>
      }
    >
      <Text role="status">
        {countText(prompts.added, 'prompt')} added
        {prompts.duplicates > 0 && `, ${countText(prompts.duplicates, 'row was', 'rows were')} there twice`}.
      </Text>
      <RejectedTable rows={prompts.rejected} total={prompts.rejected_total} />
    </PageSection>
  );
}
