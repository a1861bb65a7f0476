import { Group, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { projectQuery } from '../../api/project-queries';
import type { ReviewKind, ReviewState } from '../../api/review-queries';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { QueryView } from '../../components/query-view';
import { useNumberParam } from '../../lib/route-params';
import { OpenReviews } from './open-reviews';
import { SettledReviews } from './settled-reviews';

const STATES = [
  { value: 'open', label: 'Open' },
  { value: 'settled', label: 'Settled' },
];
const KINDS = [
  { value: 'all', label: 'All' },
  { value: 'disagreement', label: 'Disagreements' },
  { value: 'contradiction', label: 'Contradicted' },
];

/** Where disagreements and contradicted verdicts are settled, without names; what is shown stands in the address. */
export default function ReviewPage() {
  const projectId = useNumberParam('id');
  const project = useQuery(projectQuery(projectId));
  const navigate = useNavigate();
  const { kind, state } = placeOf(useSearch({ strict: false }));
  const show = (next: { kind?: string; state?: string }) =>
    void navigate({
      to: '/projects/$id/review',
      params: { id: String(projectId) },
      search: { kind, state, ...next } as never,
      replace: true,
    });
  return (
    <Page title="Review">
      <PageHeader
        title="Review"
        description="Comparisons on which labelers disagree, or that the reward model contradicts or refuses to learn. The verdicts stay; a decision says how they are trained on."
      />
      <Group gap="sm" mb="md">
        <SegmentedControl
          aria-label="State"
          size="xs"
          data={STATES}
          value={state}
          onChange={(value) => show({ state: value })}
        />
        <SegmentedControl
          aria-label="Why they are here"
          size="xs"
          data={KINDS}
          value={kind}
          onChange={(value) => show({ kind: value })}
        />
      </Group>
      <QueryView query={project} what="project" rows={8}>
        {({ form }) =>
          state === 'open' ? (
            <OpenReviews key={kind} projectId={projectId} kind={kind} form={form.form} />
          ) : (
            <SettledReviews projectId={projectId} kind={kind} />
          )
        }
      </QueryView>
    </Page>
  );
}

function placeOf(search: Record<string, unknown>): { kind: ReviewKind; state: ReviewState } {
  const kind = search.kind === 'disagreement' || search.kind === 'contradiction' ? search.kind : 'all';
  return { kind, state: search.state === 'settled' ? 'settled' : 'open' };
}
