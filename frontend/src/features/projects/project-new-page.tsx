import { useQuery } from '@tanstack/react-query';
import { projectDefaultsQuery } from '../../api/project-queries';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { QueryView } from '../../components/query-view';
import { ProjectForm } from './project-form';

/** Makes a project; every field but the name has a default that works. */
export default function ProjectNewPage() {
  const query = useQuery(projectDefaultsQuery());
  return (
    <Page title="New project">
      <PageHeader
        title="New project"
        description="Only a name is needed. With prompts, the base policy starts to write completions as soon as the project is made."
      />
      <QueryView query={query} what="form" rows={10}>
        {(defaults) => <ProjectForm defaults={defaults} />}
      </QueryView>
    </Page>
  );
}
