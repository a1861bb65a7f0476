import { useQuery } from '@tanstack/react-query';
import { projectDefaultsQuery, projectQuery } from '../../api/project-queries';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { QueryView } from '../../components/query-view';
import { TextLink } from '../../components/text-link';
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
        description={
          <>
            Queue, labeling and quality follow at once; a round keeps the settings it began with. What labelers are
            asked stands in the{' '}
            <TextLink to="/projects/$id/form" params={{ id: String(id) }} underline="always" inherit>
              question form
            </TextLink>
            .
          </>
        }
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
