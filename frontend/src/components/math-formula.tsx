import { useLayoutEffect, useRef } from 'react';
import temml from 'temml';
import classes from './markdown-text.module.css';

interface MathFormulaProps {
  tex: string;
  /** As it is spelled in the text: shown where it cannot be read as a formula. */
  source: string;
  display: boolean;
}

/** Longer formulas are shown as their source. */
const LONGEST = 2_000;

/** A formula of untrusted text as MathML: no links, no classes, no images, no endless macros. */
export default function MathFormula({ tex, source, display }: MathFormulaProps) {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    if (place.current) draw(place.current, tex, source, display);
  }, [tex, source, display]);
  return <span ref={place} className={classes.formula} data-display={display} dir="ltr" />;
}

function draw(place: HTMLElement, tex: string, source: string, display: boolean): void {
  try {
    if (tex.length > LONGEST) throw new RangeError('The formula is too long.');
    temml.render(tex, place, {
      displayMode: display,
      throwOnError: true,
      trust: false,
      maxSize: [20, 20],
      maxExpand: 200,
    });
    // Labels of equations become ids, which belong to the page.
    for (const element of place.querySelectorAll('[id], [href]')) {
      element.removeAttribute('id');
      element.removeAttribute('href');
    }
    // The words of the formula for who copies it or hears it.
    place.querySelector('math')?.setAttribute('aria-label', tex);
  } catch {
    const code = document.createElement('code');
    code.className = classes.math ?? '';
    code.textContent = source;
    place.replaceChildren(code);
  }
}
