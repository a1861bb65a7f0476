import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { projectQuery } from '../api/project-queries';
import { ErrorState } from '../components/error-state';
import { LoadingState } from '../components/loading-state';
import { Page } from '../components/page';
import { useNumberParam } from '../lib/route-params';
import { ArchivedStrip } from './archived-strip';
import { ProjectNavigation } from './project-navigation';

/** The project's name and navigation above each of its pages; labelers see fewer pages than admins. */
export function ProjectFrame() {
  const id = useNumberParam('id');
  const project = useQuery(projectQuery(id));
  if (project.isPending) {
    return (
      <Page title="Loading">
        <LoadingState label="Loading the project" />
      </Page>
    );
  }
  if (project.isError) {
    return (
      <Page title="Project" width="narrow">
        <ErrorState
          level={1}
          error={project.error}
          title="The project could not be loaded"
          onRetry={() => void project.refetch()}
        />
      </Page>
    );
  }
  return (
    <>
      <ProjectNavigation id={id} name={project.data.name} role={project.data.role} />
      {project.data.archived_at !== null && <ArchivedStrip id={id} isAdmin={project.data.role === 'admin'} />}
      <Outlet />
    </>
  );
}
