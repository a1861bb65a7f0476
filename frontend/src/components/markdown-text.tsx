import { memo } from 'react';
import { markdownTree } from '../lib/markdown-tree';
import { isCostlyMarkdown } from '../lib/parse-cost';
import { MarkdownNodes } from './markdown-nodes';
import classes from './markdown-text.module.css';

interface MarkdownTextProps {
  text: string;
  /** `shown` prints the address behind the words and cannot be followed: for model text. */
  links?: 'shown' | 'open';
}

/** Markdown as elements: no HTML of the source, no images, nothing that loads from elsewhere. */
export const MarkdownText = memo(function MarkdownText({ text, links = 'shown' }: MarkdownTextProps) {
  if (isCostlyMarkdown(text)) {
    return (
      <div className={classes.plain} dir="auto">
        {text}
      </div>
    );
  }
  const { root, definitions } = markdownTree(text);
  return (
    <div className={classes.markdown} dir="auto">
      <MarkdownNodes nodes={root.children} source={text} definitions={definitions} links={links} depth={0} />
    </div>
  );
});
