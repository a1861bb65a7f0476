/**
 * After an act took its own button away, goes on from the page's heading instead of from nowhere.
 *
 * Waits until the answer is drawn; where something has the focus by then, it keeps it.
 */
export function focusHeadingWhenLost() {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (document.activeElement !== null && document.activeElement !== document.body) return;
      document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
    }),
  );
}
