const KEY = 'prefloop-reloaded-at';
const AGAIN_AFTER_MS = 60_000;

/** Loads the site anew when a part of the page is gone, as after an update; not in a circle when it stays gone. */
export function reloadForUpdate(now: number = Date.now()): void {
  // Without a connection there is no site to load, and what is open still works.
  if (!navigator.onLine) return;
  // Without a connection nothing could be loaded anew: the page that is there is worth more.
  if (!navigator.onLine) return;
  const last = Number(window.sessionStorage.getItem(KEY) ?? 0);
  if (now - last < AGAIN_AFTER_MS) return;
  window.sessionStorage.setItem(KEY, String(now));
  window.location.reload();
}
