import { useQuery } from '@tanstack/react-query';
import { projectDefaultsQuery, projectQuery } from '../../api/project-queries';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { QueryView } from '../../components/query-view';
import { useNumberParam } from '../../lib/route-params';
import { ArchiveSection } from './archive-section';
import { ProjectSettingsForm } from './project-settings-form';

/** Name, description and settings of a project. */
export default function ProjectSettingsPage() {
  const id = useNumberParam('id');
  const project = useQuery(projectQuery(id));
  const defaults = useQuery(projectDefaultsQuery());
  return (
    <Page title="Settings">
      <PageHeader
        title="Settings"
        description="Changes hold for rounds that start after they were saved; a round keeps the settings it began with."
      />
      <QueryView query={project} what="project">
        {(found) => (
          <>
            <QueryView query={defaults} what="settings form" rows={10}>
              {({ schema }) => <ProjectSettingsForm key={found.id} project={found} schema={schema} />}
            </QueryView>
            <ArchiveSection project={found} />
          </>
        )}
      </QueryView>
    </Page>
  );
}
