import { memo } from 'react';
import { markdownTree } from '../lib/markdown-tree';
import { isCostlyMarkdown } from '../lib/parse-cost';
import { utf16Offset } from '../lib/text-spans';
import { MarkdownNodes } from './markdown-nodes';
import classes from './markdown-text.module.css';
import type { Mark } from './marked-words';

interface MarkdownTextProps {
  text: string;
  /**
   * `shown` prints the address behind the words and cannot be followed: for model text, whose lines are kept.
   * `open` is for documents of the project's people: links can be followed, and broken lines flow together.
   */
  links?: 'shown' | 'open';
  /** Marked passages, in code points of the text. */
  marks?: readonly Mark[];
}

const NO_MARKS: readonly Mark[] = [];

/** Markdown as elements: no HTML of the source, no images, nothing that loads from elsewhere. */
export const MarkdownText = memo(function MarkdownText({ text, links = 'shown', marks }: MarkdownTextProps) {
  if (isCostlyMarkdown(text)) {
    return (
      <div className={classes.plain} dir="auto">
        {text}
      </div>
    );
  }
  const { root, definitions } = markdownTree(text);
  const inUnits = marks?.map((mark) => ({
    ...mark,
    start: utf16Offset(text, mark.start),
    end: utf16Offset(text, mark.end),
  }));
  return (
    <div className={classes.markdown} data-flowing={links === 'open' || undefined} dir="auto">
      <MarkdownNodes
        nodes={root.children}
        source={text}
        definitions={definitions}
        links={links}
        depth={0}
        marks={inUnits ?? NO_MARKS}
      />
    </div>
  );
});
