import { useEffect } from 'react';
import type { Attention } from './attention';
import type { LabelEngine } from './label-engine';

const LOOK_MS = 10_000;

/** Suggests a pause after so many minutes of labeling without one, and again after as many more; 0 never does. */
export function usePauseReminder(engine: LabelEngine, attention: Attention, afterMinutes: number): void {
  useEffect(() => {
    if (afterMinutes <= 0) return;
    let reminded = 0;
    const timer = window.setInterval(() => {
      const minutes = Math.floor(attention.sinceBreakMs() / 60_000);
      const due = Math.floor(minutes / afterMinutes);
      if (due < reminded) reminded = 0;
      if (due <= reminded) return;
      reminded = due;
      engine.notice(
        'pause',
        `You have labeled for ${minutes} minutes without a break. A short one keeps your eye fresh.`,
      );
    }, LOOK_MS);
    return () => window.clearInterval(timer);
  }, [engine, attention, afterMinutes]);
}
