import type { ErrorComponentProps } from '@tanstack/react-router';
import { ErrorState } from '../components/error-state';
import { Page } from '../components/page';

export function RouteError({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="Error" width="narrow">
      <ErrorState error={error} title="This page failed" onRetry={reset} level={1} />
    </Page>
  );
}
