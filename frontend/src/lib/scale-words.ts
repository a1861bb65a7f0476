/** The scale of a question in words: 2 × strengths points, and a midpoint where ties are offered. */

interface Scale {
  strengths: number;
  tie: boolean;
}

const STEPS: Record<number, readonly string[]> = {
  1: ['better'],
  2: ['slightly better', 'much better'],
  3: ['slightly better', 'better', 'much better'],
  4: ['slightly better', 'better', 'much better', 'far better'],
};

export function scalePoints({ strengths, tie }: Scale): number {
  return 2 * strengths + (tie ? 1 : 0);
}

/** `7 points with a midpoint`, `4 points without a midpoint`. */
export function scaleWords(scale: Scale): string {
  return `${scalePoints(scale)} points ${scale.tie ? 'with' : 'without'} a midpoint`;
}

/** `better`, `much better`: what step `strength` (from 1) of a scale is called. */
export function strengthWords(strength: number, strengths = 3): string {
  return STEPS[Math.max(strength, strengths)]?.[strength - 1] ?? 'better';
}

/** Every point from the far left to the far right. */
export function pointWords({ strengths, tie }: Scale): { key: string; side: 'left' | 'right' | null; words: string }[] {
  const steps = Array.from({ length: strengths }, (_, step) => step + 1);
  const point = (side: 'left' | 'right') => (strength: number) => ({
    key: `${side}-${strength}`,
    side,
    words: strengthWords(strength, strengths),
  });
  return [
    ...steps.toReversed().map(point('left')),
    ...(tie ? [{ key: 'tie', side: null, words: 'equally good' }] : []),
    ...steps.map(point('right')),
  ];
}
