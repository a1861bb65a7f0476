import { type ReactNode, useMemo } from 'react';
import { mathElement } from './math-element';
import classes from './math-formula.module.css';
import { ScrollBox } from './scroll-box';

interface MathFormulaProps {
  tex: string;
  display: boolean;
  /** With its signs. */
  value: string;
  /** Shown when the formula cannot be drawn. */
  fallback: ReactNode;
}

/** A formula drawn by the browser; one wider than its place scrolls in it, and covers nothing else. */
export default function MathFormula({ tex, display, fallback }: MathFormulaProps) {
  const formula = useMemo(() => mathElement(tex, display), [tex, display]);
  if (formula === null) return fallback;
  return (
    <ScrollBox as="span" label="Formula" className={display ? classes.block : classes.line}>
      {formula}
    </ScrollBox>
  );
}
