/** What the screen may need while the site cannot be reached, or at the press of a key. */
const PARTS = [
  () => import('./empty-queue'),
  () => import('./pair-questions'),
  () => import('./difference-text'),
  () => import('./marked-text'),
  () => import('./completion-extras'),
  () => import('./highlight-text'),
  () => import('./edit-completion'),
  () => import('./rank-controls'),
  () => import('./ranking-bar'),
  () => import('./lesson-card'),
  () => import('./desk-overlays'),
];

const AFTER_MS = 300;

/** Fetches the parts that are loaded on demand, once the screen stands: nothing waits for them later, or fails offline. */
export function preloadParts(): () => void {
  const timer = window.setTimeout(() => {
    // One that fails is asked for again when it is needed.
    for (const load of PARTS) void load().catch(() => undefined);
  }, AFTER_MS);
  return () => window.clearTimeout(timer);
}
