import { useSearch } from '@tanstack/react-router';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { useNumberParam } from '../../lib/route-params';
import { ExclusionBuilder } from './exclusion-builder';
import { ExclusionList } from './exclusion-list';
import { ruleFromSearch } from './exclusion-rule';

/** Keeps preferences out of training: a labeler’s, a time’s, those of one version of the guidelines. */
export default function ExclusionsPage() {
  const projectId = useNumberParam('id');
  const start = ruleFromSearch(useSearch({ strict: false }));
  return (
    <Page title="Exclusions">
      <PageHeader
        title="Exclusions"
        description="Keep preferences out of training that cannot be trusted: of a labeler, a time window, a version of the guidelines."
      />
      <ExclusionBuilder key={start.annotatorId} projectId={projectId} start={start} />
      <ExclusionList projectId={projectId} />
    </Page>
  );
}
