import { createElement, type ReactElement, type ReactNode } from 'react';
import temml from 'temml';
import classes from './math-formula.module.css';

/** Deeper or larger formulas cost more to lay out than they are worth; nested roots grow a browser's work fast. */
const DEEPEST = 30;
const MOST_ELEMENTS = 1_000;
/** Lengths in em: what stands in a formula stays near it. */
const LONGEST = 10;
const MOST_NEGATIVE = -2;

/** A formula that defines macros could make them expand without end, and none needs to. */
const DEFINES = /\\(?:[gex]?def|xdef|(?:future)?let|(?:re|provide)?(?:new)?command|newcommand|DeclareMathOperator)/;

const ELEMENTS = new Set(
  (
    'math mrow mi mn mo mtext ms mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts ' +
    'mprescripts mtable mtr mtd mstyle mpadded mphantom menclose'
  ).split(' '),
);

const isTruth = (value: string) => value === 'true' || value === 'false';
const ATTRIBUTES: Record<string, (value: string) => boolean> = {
  display: (value) => value === 'block',
  form: (value) => ['prefix', 'infix', 'postfix'].includes(value),
  mathvariant: (value) => value === 'normal',
  scriptlevel: (value) => /^[+-]?[0-3]$/.test(value),
  ...each(
    ['displaystyle', 'stretchy', 'fence', 'separator', 'symmetric', 'largeop', 'movablelimits', 'accent'],
    isTruth,
  ),
  ...each(['width', 'height', 'depth', 'voffset', 'lspace', 'rspace', 'minsize', 'maxsize', 'linethickness'], isLength),
};

/** What the parser says by a class and MathML has no attribute for. */
const CLASSES: Record<string, string | undefined> = {
  'tml-left': classes.left,
  'tml-right': classes.right,
  'tml-overline': classes.overline,
  'tml-underline': classes.underline,
  'tml-cancel': classes.cancel,
  upstrike: classes.upstrike,
  downstrike: classes.downstrike,
  'tml-xcancel': classes.xcancel,
  sout: classes.sout,
};

/**
 * A formula as MathML elements made here from a short list of them, so that nothing in it can load, lead elsewhere, run
 * or leave its place: no addresses, no styles, no colours. Null when it is no formula that can be drawn so.
 */
export function mathElement(tex: string, display: boolean): ReactElement | null {
  if (DEFINES.test(tex)) return null;
  try {
    const tree: unknown = temml.__renderToMathMLTree(tex, {
      displayMode: display,
      throwOnError: true,
      trust: false,
      maxSize: [LONGEST, LONGEST],
      maxExpand: 200,
      wrap: 'tex',
    });
    const left = { elements: MOST_ELEMENTS };
    return isNode(tree) && tree.type === 'math' ? (drawn(tree, 0, 0, left) as ReactElement) : null;
  } catch {
    // The parser's own error, one of ours, or a stack that a hostile formula has used up: all say the same.
    return null;
  }
}

/** What the parser makes: an element, a fragment without a type, or text. */
interface ParsedNode {
  type?: string;
  text?: string;
  attributes?: Record<string, unknown>;
  classes?: readonly string[];
  style?: Record<string, string>;
  children?: readonly unknown[];
}

function isNode(value: unknown): value is ParsedNode {
  return typeof value === 'object' && value !== null && !('href' in value) && !('src' in value);
}

function drawn(node: unknown, key: number, depth: number, left: { elements: number }): ReactNode {
  if (!isNode(node) || depth > DEEPEST || --left.elements < 0) throw new RangeError('not a formula to draw');
  if (typeof node.text === 'string') return node.text;
  const children = node.children?.map((child, index) => drawn(child, index, depth + 1, left)) ?? [];
  if (node.type === undefined) return children;
  if (!ELEMENTS.has(node.type)) throw new RangeError(`no element ${node.type}`);
  return createElement(node.type, { key, ...attributesOf(node) }, ...children);
}

function attributesOf(node: ParsedNode): Record<string, string> {
  const kept = Object.entries(node.attributes ?? {})
    .map(([name, value]) => [name, String(value)] as const)
    .filter(([name, value]) => Object.hasOwn(ATTRIBUTES, name) && ATTRIBUTES[name]?.(value));
  const className = [...(node.classes ?? []).map(classOf), ...spacing(node)].filter(Boolean).join(' ');
  return { ...Object.fromEntries(kept), ...(className && { className }) };
}

function classOf(name: string): string | undefined {
  return Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
}

/** The parser styles cells and boxes; the few styles that carry a meaning become classes of ours. */
function spacing({ type, style = {} }: ParsedNode): (string | undefined)[] {
  if (type === 'mtd' && style.width === '50%') return [classes.flush];
  if (type === 'mtd')
    return [style.paddingLeft === '0em' && classes.joined, style.paddingLeft === '1em' && classes.apart].map(
      (one) => one || undefined,
    );
  return [style.border ? classes.boxed : undefined];
}

function isLength(value: string): boolean {
  const [, number, unit] = /^([+-]?\d*\.?\d+)(em|ex|pt|px|)$/.exec(value) ?? [];
  if (number === undefined) return false;
  const em = Number(number) / (unit === 'em' || unit === '' ? 1 : unit === 'ex' ? 2 : 10);
  return em >= MOST_NEGATIVE && em <= LONGEST;
}

function each<Value>(names: readonly string[], value: Value): Record<string, Value> {
  return Object.fromEntries(names.map((name) => [name, value]));
}
