import { useQuery } from '@tanstack/react-query';
import { projectQuery } from '../../api/project-queries';
import { FactList } from '../../components/fact-list';
import { PageSection } from '../../components/page-section';
import { QueryView } from '../../components/query-view';
import { TextLink } from '../../components/text-link';
import type { Project } from '../../lib/api-types';
import { percentText } from '../../lib/number-text';

const SKIPPED: Record<Project['settings']['queue']['skipped_go_to'], string> = {
  others: 'go to other labelers',
  the_end: 'go to the end of the queue',
  nobody: 'are withdrawn',
};

/** What is mixed unseen into a labeler’s work, and the limits of a day, by the settings. */
export function QueueMixing({ projectId }: { projectId: number }) {
  const project = useQuery(projectQuery(projectId));
  const params = { id: String(projectId) };
  return (
    <PageSection
      title="Mixed in"
      description={
        <>
          Chosen when a labeler claims; they cannot tell.{' '}
          <TextLink to="/projects/$id/settings" params={params} underline="always" inherit>
            Change the shares
          </TextLink>
          {' · '}
          <TextLink to="/projects/$id/gold" params={params} underline="always" inherit>
            Known pairs
          </TextLink>
        </>
      }
    >
      <QueryView query={project} what="settings" rows={2}>
        {({ settings: { queue } }) => (
          <FactList
            facts={[
              { label: 'Known pairs', value: percentText(queue.gold_share) },
              { label: 'Own pairs again', value: percentText(queue.repeat_share) },
              { label: 'Own pairs with sides swapped', value: percentText(queue.mirrored_share) },
              { label: 'Verdicts on each pair', value: queue.overlap },
              { label: 'Skipped ones', value: SKIPPED[queue.skipped_go_to] },
              { label: 'A labeler’s verdicts a day', value: queue.labeler_daily_cap ?? 'no limit' },
              { label: 'The project’s verdicts a day', value: queue.project_daily_cap ?? 'no limit' },
            ]}
          />
        )}
      </QueryView>
    </PageSection>
  );
}
