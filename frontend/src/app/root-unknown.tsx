import { VisuallyHidden } from '@mantine/core';
import { RouteUnknown } from './route-unknown';

/** An address that no route knows; outside of the shell, so with a landmark and a heading of its own. */
export function RootUnknown() {
  return (
    <main>
      <VisuallyHidden component="h1">Not found</VisuallyHidden>
      <RouteUnknown />
    </main>
  );
}
