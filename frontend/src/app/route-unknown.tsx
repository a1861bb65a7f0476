import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { EmptyState } from '../components/empty-state';
import { Page } from '../components/page';

export function RouteUnknown() {
  return (
    <Page title="Not found" width="narrow">
      <EmptyState
        title="There is no such page"
        actions={
          <Button renderRoot={(props) => <Link to="/" {...props} />} variant="default">
            To the projects
          </Button>
        }
      >
        The address may be old or misspelt.
      </EmptyState>
    </Page>
  );
}
