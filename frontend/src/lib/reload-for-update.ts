const KEY = 'prefloop-reloaded-at';
const AGAIN_AFTER_MS = 60_000;

/** Loads the site anew when a part of the page is gone, as after an update; not in a circle when it stays gone. */
export function reloadForUpdate(now: number = Date.now()): void {
  const last = Number(window.sessionStorage.getItem(KEY) ?? 0);
  if (now - last < AGAIN_AFTER_MS) return;
  window.sessionStorage.setItem(KEY, String(now));
  window.location.reload();
}
