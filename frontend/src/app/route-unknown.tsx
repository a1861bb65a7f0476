import { ButtonLink } from '../components/button-link';
import { EmptyState } from '../components/empty-state';
import { Page } from '../components/page';

export function RouteUnknown() {
  return (
    <Page title="Not found" width="narrow">
      <EmptyState
        level={1}
        title="There is no such page"
        actions={
          <ButtonLink to="/" variant="default">
            To the projects
          </ButtonLink>
        }
      >
        The address may be old or misspelt.
      </EmptyState>
    </Page>
  );
}
