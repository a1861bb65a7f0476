import { Button } from '@mantine/core';
import { EmptyState } from '../../components/empty-state';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';

/** In place of the screen while another tab labels this project. */
export default function LabelElsewhere({ onTakeOver }: { onTakeOver: () => void }) {
  return (
    <Page title="Label" width="narrow">
      <PageHeader title="Label" />
      <EmptyState
        title="Labeling is open in another tab"
        actions={<Button onClick={onTakeOver}>Label here instead</Button>}
      >
        One tab at a time, so that no comparison is shown twice. This one goes on by itself when the other is closed.
      </EmptyState>
    </Page>
  );
}
