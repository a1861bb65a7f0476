import { lazy, Suspense } from 'react';
import classes from './markdown-text.module.css';

interface MathTextProps {
  /** With its signs. */
  value: string;
  tex: string;
  display: boolean;
}

// What draws formulas comes with the first of them. Where it cannot come, as without a connection, they stay source.
const MathFormula = lazy(() => import('./math-formula').catch(() => ({ default: MathSource })));

/** No formula that people would read is longer. */
const LONGEST = 2_000;

/** A formula, or its source: until it can be drawn, and where it cannot. */
export function MathText({ value, tex, display }: MathTextProps) {
  const source = <MathSource value={value} display={display} />;
  if (tex.length > LONGEST) return source;
  return (
    <Suspense fallback={source}>
      <MathFormula value={value} tex={tex} display={display} fallback={source} />
    </Suspense>
  );
}

function MathSource({ value, display }: Omit<MathTextProps, 'tex'>) {
  return (
    <code className={classes.math} data-display={display} dir="ltr">
      {value}
    </code>
  );
}
