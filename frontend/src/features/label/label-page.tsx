import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { projectQuery } from '../../api/project-queries';
import { sessionQuery } from '../../api/session';
import { ErrorState } from '../../components/error-state';
import { LoadingState } from '../../components/loading-state';
import { Page } from '../../components/page';
import { useNumberParam } from '../../lib/route-params';
import { useAttention } from './attention';
import { LabelDesk } from './label-desk';
import { useLabelEngine } from './use-label-engine';
import { useTabLock } from './use-tab-lock';

const LabelElsewhere = lazy(() => import('./label-elsewhere'));

/** The labeling screen of one project: compare, press one key, see the next pair. */
export default function LabelPage() {
  const projectId = useNumberParam('id');
  const project = useQuery(projectQuery(projectId));
  const session = useQuery(sessionQuery);
  const userId = session.data?.user?.id;
  if (project.isError || session.isError) {
    return (
      <Page title="Label">
        <ErrorState level={1} error={project.error ?? session.error} onRetry={() => void project.refetch()} />
      </Page>
    );
  }
  if (!project.data || userId === undefined) {
    return (
      <Page title="Label">
        <LoadingState label="Loading the comparisons" rows={8} />
      </Page>
    );
  }
  return <OneTab key={`${userId}:${projectId}`} projectId={projectId} userId={userId} />;
}

function OneTab({ projectId, userId }: { projectId: number; userId: number }) {
  const attention = useAttention();
  const lock = useTabLock(`prefloop-label-${userId}-${projectId}`);
  const engine = useLabelEngine(projectId, userId, lock.state, attention.isAttentive);
  if (lock.state === 'elsewhere') {
    return (
      <Suspense>
        <LabelElsewhere onTakeOver={lock.takeOver} />
      </Suspense>
    );
  }
  return <LabelDesk engine={engine} projectId={projectId} attention={attention} />;
}
