import { RouteUnknown } from './route-unknown';

/** An address that no route knows; outside of the shell, so with a landmark of its own. */
export function RootUnknown() {
  return (
    <main>
      <RouteUnknown />
    </main>
  );
}
