import { Button } from '@mantine/core';
import { useState } from 'react';
import { EmptyState } from '../../components/empty-state';
import { MarkdownText } from '../../components/markdown-text';
import { Page } from '../../components/page';

/** Texts of warnings that were accepted since the page was loaded, by project. */
const accepted = new Map<number, string>();

/** Whether the project's warning was read in this visit; a changed one is read again. */
export function useContentWarning(projectId: number, warning: string): { open: boolean; accept: () => void } {
  const [, setCount] = useState(0);
  return {
    open: warning.trim() !== '' && accepted.get(projectId) !== warning,
    accept: () => {
      accepted.set(projectId, warning);
      setCount((count) => count + 1);
    },
  };
}

/** What a labeler is told before the first pair of a project with sensitive texts. */
export function ContentWarning({ warning, onAccept }: { warning: string; onAccept: () => void }) {
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
