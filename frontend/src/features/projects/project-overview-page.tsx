import { useQuery } from '@tanstack/react-query';
import { projectQuery } from '../../api/project-queries';
import { Page } from '../../components/page';
import { QueryView } from '../../components/query-view';
import { useNumberParam } from '../../lib/route-params';
import { AdminOverview } from './admin-overview';
import { LabelerOverview } from './labeler-overview';

const REFRESH_MS = 10_000;

/** Where the loop stands and what to do next. */
export default function ProjectOverviewPage() {
  const id = useNumberParam('id');
  const query = useQuery({ ...projectQuery(id), refetchInterval: REFRESH_MS });
  return (
    <Page title={query.data?.name ?? 'Project'}>
      <QueryView query={query} what="project" heading="Project" rows={8}>
        {(project) =>
          project.role === 'admin' ? <AdminOverview project={project} /> : <LabelerOverview project={project} />
        }
      </QueryView>
    </Page>
  );
}
