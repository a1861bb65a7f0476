import type { Definition, Root, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { SYNTAX } from './markdown-syntax';
import { maskMath, unmaskMath } from './math-mask';

export interface MarkdownTree {
  root: Root;
  /** Addresses of `[label]: address` lines, by normalised label. */
  definitions: ReadonlyMap<string, string>;
}

/** GitHub-flavoured markdown with formulas as a tree; HTML in it stays a piece of text. */
export function markdownTree(text: string): MarkdownTree {
  const masked = maskMath(text);
  const root = fromMarkdown(masked.text, SYNTAX);
  if (masked.passages.length > 0) unmaskMath(root, masked.passages, text);
  return { root, definitions: new Map(definitionsIn(root).map(({ identifier, url }) => [identifier, url])) };
}

function definitionsIn(root: Root): Definition[] {
  const found: Definition[] = [];
  const waiting: (Root | RootContent)[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.type === 'definition') found.push(node);
    if ('children' in node) waiting.push(...node.children);
  }
  return found;
}
