/** For a part that is still being loaded. */
const LONGEST_WAIT_MS = 3_000;

/** Gives the focus to the part of the screen with this name, as soon as it is there. */
export function focusPart(root: HTMLElement | null, part: string): void {
  const until = performance.now() + LONGEST_WAIT_MS;
  const attempt = () => {
    const found = root?.querySelector<HTMLElement>(`[data-part="${CSS.escape(part)}"]`);
    const target = found?.matches('button, textarea, [tabindex]')
      ? found
      : found?.querySelector<HTMLElement>('[tabindex="0"]');
    if (target) {
      target.focus({ preventScroll: true });
      (found ?? target).scrollIntoView({ block: 'nearest' });
    } else if (performance.now() < until) requestAnimationFrame(attempt);
  };
  attempt();
}

/** The number of the completion whose part of this kind has the focus; null when none has. */
export function focusedIndex(kind: string): number | null {
  const part = document.activeElement?.closest(`[data-part^="${kind}-"]`)?.getAttribute('data-part');
  return part ? Number(part.slice(kind.length + 1)) : null;
}
