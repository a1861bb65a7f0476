import { useQuery } from '@tanstack/react-query';
import { queueQuery } from '../../api/data-queries';
import { FactList } from '../../components/fact-list';
import { HourBars } from '../../components/hour-bars';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { PageSection } from '../../components/page-section';
import { QueryView } from '../../components/query-view';
import type { QueueState } from '../../lib/api-types';
import { useNumberParam } from '../../lib/route-params';
import { QueueChoiceSection } from './queue-choice';
import { QueueExploration } from './queue-exploration';
import { QueueMixing } from './queue-mixing';
import { QueueNext } from './queue-next';
import { QueueShares } from './queue-shares';

/** What waits to be judged, what comes next and how fast verdicts arrive. */
export default function QueuePage() {
  const projectId = useNumberParam('id');
  const query = useQuery(queueQuery(projectId));
  return (
    <Page title="Queue">
      <PageHeader
        title="Queue"
        description="One place for each wanted verdict. A place that somebody holds becomes free again when the lease ends."
      />
      <QueryView query={query} what="queue" rows={8}>
        {(queue) => <QueueView projectId={projectId} queue={queue} />}
      </QueryView>
    </Page>
  );
}

function QueueView({ projectId, queue }: { projectId: number; queue: QueueState }) {
  return (
    <>
      <PageSection title="Places">
        <FactList
          facts={[
            { label: 'Open', value: queue.open.toLocaleString('en') },
            { label: 'Being labeled', value: queue.leased.toLocaleString('en') },
            { label: 'Done', value: queue.done.toLocaleString('en') },
            { label: 'Withdrawn', value: queue.withdrawn.toLocaleString('en'), note: 'after a roll-back or a skip' },
          ]}
        />
      </PageSection>
      <PageSection title="Verdicts per hour">
        <HourBars title="Last 24 hours" hours={queue.verdicts_per_hour_24h} />
      </PageSection>
      <PageSection title="What is open">
        <QueueShares queue={queue} />
      </PageSection>
      <QueueExploration projectId={projectId} />
      <QueueChoiceSection projectId={projectId} />
      <QueueMixing projectId={projectId} />
      <PageSection
        title="Next"
        description="Higher priority first, equals in a fixed random order. The propensity is the chance with which the pair was drawn."
      >
        <QueueNext projectId={projectId} rows={queue.next} />
      </PageSection>
    </>
  );
}
