import type { Root, RootContent, Text } from 'mdast';
import { type MathPassage, mathPassages } from './math-passages';

/** A formula among the words of a text. */
export interface MathNode {
  type: 'math';
  /** With its signs, as the model wrote it. */
  value: string;
  tex: string;
  display: boolean;
  position?: Text['position'];
}

declare module 'mdast' {
  interface PhrasingContentMap {
    math: MathNode;
  }
  interface RootContentMap {
    math: MathNode;
  }
}

/** A formula's place is held by a first sign, one that tells its number, and as many fillers as keep its length. */
const FIRST = '\ue000';
const FILLER = '\ue001';
const NUMBERS_FROM = 0xe100;
const MASKED = /\ue000([\ue100-\uf8ff])\ue001+/g;
const PRIVATE = /[\ue000-\uf8ff]/;

/** A text whose formulas are covered, at the same offsets: Markdown would take their `_`, `\\` and `|` for its own. */
export interface MaskedText {
  text: string;
  passages: readonly MathPassage[];
}

export function maskMath(text: string): MaskedText {
  // Signs that could be taken for ours: then no formula of the text is drawn.
  const passages = PRIVATE.test(text) ? [] : mathPassages(text);
  const pieces: string[] = [];
  let at = 0;
  passages.forEach(({ start, end }, index) => {
    const cover = FIRST + String.fromCharCode(NUMBERS_FROM + index) + FILLER.repeat(end - start - 2);
    pieces.push(text.slice(at, start), cover);
    at = end;
  });
  return { text: pieces.join('') + text.slice(at), passages };
}

/** Puts the formulas back: as nodes among words, as they were written in code, addresses and wherever else. */
export function unmaskMath(root: Root, passages: readonly MathPassage[], source: string): void {
  const waiting: (Root | RootContent)[] = [root];
  const written = (words: string) => words.replace(MASKED, (_, number: string) => spelled(passages, number, source));
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if ('children' in node) {
      const parent = node as { children: RootContent[] };
      parent.children = parent.children.flatMap((child): RootContent[] =>
        child.type === 'text' ? split(child, passages, source) : [child],
      );
      waiting.push(...parent.children);
    }
    if ('value' in node && node.type !== 'math') node.value = written(node.value);
    if ('url' in node) node.url = written(node.url);
    if ('alt' in node && node.alt) node.alt = written(node.alt);
  }
}

function passageOf(passages: readonly MathPassage[], number: string): MathPassage | undefined {
  return passages[number.charCodeAt(0) - NUMBERS_FROM];
}

function spelled(passages: readonly MathPassage[], number: string, source: string): string {
  const passage = passageOf(passages, number);
  return passage ? source.slice(passage.start, passage.end) : '';
}

/** The words and formulas of a piece of text, each with its place in the source. */
function split(node: Text, passages: readonly MathPassage[], source: string): (Text | MathNode)[] {
  const pieces: (Text | MathNode)[] = [];
  let at = 0;
  let from = node.position?.start.offset ?? 0;
  for (const match of node.value.matchAll(MASKED)) {
    const passage = passageOf(passages, match[1] ?? '');
    if (!passage) continue;
    const { start, end, tex, display } = passage;
    pieces.push({ type: 'text', value: node.value.slice(at, match.index), position: placed(node, from, start) });
    pieces.push({ type: 'math', value: source.slice(start, end), tex, display, position: placed(node, start, end) });
    at = match.index + match[0].length;
    from = end;
  }
  if (at === 0) return [node];
  const end = node.position?.end.offset ?? from;
  pieces.push({ type: 'text', value: node.value.slice(at), position: placed(node, from, end) });
  return pieces.filter(({ value }) => value !== '');
}

function placed({ position }: Text, start: number, end: number): Text['position'] {
  return position && { start: { ...position.start, offset: start }, end: { ...position.end, offset: end } };
}
