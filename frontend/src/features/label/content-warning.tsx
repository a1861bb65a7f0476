import { Button } from '@mantine/core';
import { EmptyState } from '../../components/empty-state';
import { MarkdownText } from '../../components/markdown-text';
import { Page } from '../../components/page';

/** What a labeler is told before the first pair of a project with sensitive texts. */
export default function ContentWarning({ warning, onAccept }: { warning: string; onAccept: () => void }) {
  return (
    <Page title="Label" width="narrow">
      <EmptyState
        level={1}
        title="Before you begin"
        actions={
          <Button autoFocus onClick={onAccept}>
            Go on
          </Button>
        }
      >
        <MarkdownText text={warning} />
      </EmptyState>
    </Page>
  );
}
