import { Link } from '@tanstack/react-router';
import { EmptyState } from '../components/empty-state';
import { Page } from '../components/page';
import plain from '../components/plain-button.module.css';

export function RouteUnknown() {
  return (
    <Page title="Not found" width="narrow">
      <EmptyState
        level={1}
        title="There is no such page"
        actions={
          <Link to="/" className={plain.button}>
            To the projects
          </Link>
        }
      >
        The address may be old or misspelt.
      </EmptyState>
    </Page>
  );
}
