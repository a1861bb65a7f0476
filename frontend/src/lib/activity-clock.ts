/** Signs of life further apart than this are a break, of which only this much counts. */
const LONGEST_GAP_MS = 30_000;
const SIGNS = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'scroll', 'touchmove'] as const;

/** Milliseconds of attention: time while the page is visible and its user does something now and then. */
export class ActivityClock {
  private activeMs = 0;
  private lastSign: number;
  private visible = true;

  constructor(now: number) {
    this.lastSign = now;
  }

  /** A key, a pointer, a scroll. */
  sign(now: number): void {
    if (this.visible) this.activeMs += this.gap(now);
    this.lastSign = now;
  }

  setVisible(visible: boolean, now: number): void {
    this.sign(now);
    this.visible = visible;
  }

  read(now: number): number {
    return Math.round(this.activeMs + (this.visible ? this.gap(now) : 0));
  }

  private gap(now: number): number {
    return Math.min(Math.max(0, now - this.lastSign), LONGEST_GAP_MS);
  }
}

/** Calls `onSign` at each sign of life on the page and `onVisibility` when it is hidden or shown, until it is ended. */
export function watchActivity(onSign: () => void, onVisibility: () => void): () => void {
  for (const name of SIGNS) window.addEventListener(name, onSign, { passive: true, capture: true });
  document.addEventListener('visibilitychange', onVisibility);
  return () => {
    for (const name of SIGNS) window.removeEventListener(name, onSign, { capture: true });
    document.removeEventListener('visibilitychange', onVisibility);
  };
}
