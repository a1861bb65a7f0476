import { LoadingState } from '../components/loading-state';
import { Page } from '../components/page';

export function RoutePending() {
  return (
    <Page title="Loading">
      <LoadingState label="Loading the page" />
    </Page>
  );
}
