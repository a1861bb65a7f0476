import { useQuery } from '@tanstack/react-query';
import { projectQuery } from '../../api/project-queries';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { QueryView } from '../../components/query-view';
import { useNumberParam } from '../../lib/route-params';
import { FormPublisher } from './form-publisher';
import { FormVersions } from './form-versions';

/** What labelers are asked: edited with a preview, published as the next version. */
export default function FormPage() {
  const id = useNumberParam('id');
  const project = useQuery(projectQuery(id));
  return (
    <Page title="Question form">
      <PageHeader
        title="Question form"
        description="What labelers are asked about each comparison. A change is published as a new version; verdicts given before keep theirs."
      />
      <QueryView query={project} what="question form" rows={10}>
        {(found) => <FormPublisher key={`${found.id} ${found.form.number}`} project={found} />}
      </QueryView>
      <FormVersions projectId={id} />
    </Page>
  );
}
