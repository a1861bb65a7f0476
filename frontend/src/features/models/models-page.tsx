import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { useNumberParam } from '../../lib/route-params';
import { ModelList } from './model-list';

/** Every version of the policy and of the reward model, newest first. */
export default function ModelsPage() {
  const projectId = useNumberParam('id');
  return (
    <Page title="Models">
      <PageHeader
        title="Models"
        description="One policy is in use: it writes what labelers compare. An older one can be put back to use at any time."
      />
      <ModelList
        projectId={projectId}
        kind="policy"
        title="Policies"
        description="Policy 0 is the base policy and stays the reference."
      />
      <ModelList
        projectId={projectId}
        kind="reward_model"
        title="Reward models"
        description="Each learned to rank completions from one snapshot of the preferences."
      />
    </Page>
  );
}
