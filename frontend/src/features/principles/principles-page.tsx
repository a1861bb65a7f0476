import { useQuery } from '@tanstack/react-query';
import { principlesQuery } from '../../api/principle-queries';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { QueryView } from '../../components/query-view';
import { StartRound } from '../../components/start-round';
import { useNumberParam } from '../../lib/route-params';
import { PrincipleVersions } from './principle-versions';
import { PrinciplesEditor } from './principles-editor';

/** What the reward obeys beside the labelers' taste: edited, foreseen, published, prohibited. */
export default function PrinciplesPage() {
  const id = useNumberParam('id');
  const overview = useQuery(principlesQuery(id));
  return (
    <Page title="Principles">
      <PageHeader
        title="Principles"
        description="What the reward obeys beside the general taste of the labelers. Changed weights hold from the next round on; no label is given anew."
        actions={<StartRound projectId={id} />}
      />
      <QueryView query={overview} what="principles" rows={10}>
        {(found) => <PrinciplesEditor key={found.version?.number ?? 0} projectId={id} overview={found} />}
      </QueryView>
      <PrincipleVersions projectId={id} />
    </Page>
  );
}
