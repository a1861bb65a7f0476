import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { qualityQuery } from '../../api/quality-queries';
import { ButtonLink } from '../../components/button-link';
import { EmptyState } from '../../components/empty-state';
import { UserIcon } from '../../components/icons';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { PageSection } from '../../components/page-section';
import { QueryView } from '../../components/query-view';
import { RelativeTime } from '../../components/relative-time';
import type { Quality } from '../../lib/api-types';
import { useNumberParam } from '../../lib/route-params';
import { FlagSection } from './flag-section';
import { LabelerDrawer } from './labeler-drawer';
import { LabelerTable } from './labeler-table';
import { ProjectFigures } from './project-figures';

/** How far the labels can be trusted: agreement, labelers, and who should be looked at. */
export default function QualityPage() {
  const projectId = useNumberParam('id');
  const query = useQuery(qualityQuery(projectId));
  return (
    <Page title="Quality">
      <PageHeader
        title="Quality"
        description={query.data ? <Freshness quality={query.data} /> : 'How far the labels can be trusted.'}
      />
      <QueryView query={query} what="figures" rows={10}>
        {(quality) => <QualityView projectId={projectId} quality={quality} />}
      </QueryView>
    </Page>
  );
}

function Freshness({ quality }: { quality: Quality }) {
  if (quality.computed_at === null)
    return 'Nothing is counted yet; the figures come within a minute of the first verdict.';
  return (
    <>
      Counts the verdicts given until <RelativeTime at={quality.computed_at} />
      {quality.stale && '; newer ones are being counted'}.
    </>
  );
}

function QualityView({ projectId, quality }: { projectId: number; quality: Quality }) {
  const navigate = useNavigate();
  const { labeler }: { labeler?: unknown } = useSearch({ strict: false });
  const open = (userId: number | null) =>
    void navigate({
      to: '/projects/$id/quality',
      params: { id: String(projectId) },
      search: (userId === null ? {} : { labeler: userId }) as never,
      replace: true,
    });
  return (
    <>
      <ProjectFigures projectId={projectId} quality={quality} />
      <FlagSection projectId={projectId} />
      <PageSection title="Labelers" description="Open a name for everything that is measured, with what is usual.">
        {quality.labelers.length > 0 ? (
          <LabelerTable labelers={quality.labelers} onOpen={open} />
        ) : (
          <EmptyState
            title="Nobody has labeled yet"
            icon={<UserIcon />}
            actions={
              <ButtonLink variant="default" to="/projects/$id/members" params={{ id: String(projectId) }}>
                Invite labelers
              </ButtonLink>
            }
          >
            Agreement needs an overlap of two or more, the rest known pairs and repeats: all are set in the settings.
          </EmptyState>
        )}
      </PageSection>
      <LabelerDrawer
        projectId={projectId}
        labeler={quality.labelers.find(({ user_id: id }) => id === labeler) ?? null}
        onClose={() => open(null)}
      />
    </>
  );
}
