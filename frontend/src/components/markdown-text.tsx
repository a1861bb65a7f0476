import { memo } from 'react';
import { markdownTree } from '../lib/markdown-tree';
import { MarkdownNodes } from './markdown-nodes';
import classes from './markdown-text.module.css';

interface MarkdownTextProps {
  text: string;
  /** `shown` prints the address behind the words and cannot be followed: for model text. */
  links?: 'shown' | 'open';
}

/** Longer text is shown as it is: parsing markdown costs more than its layout gains. */
const LONGEST_PARSED = 30_000;

/** Markdown as elements: no HTML of the source, no images, nothing that loads from elsewhere. */
export const MarkdownText = memo(function MarkdownText({ text, links = 'shown' }: MarkdownTextProps) {
  if (text.length > LONGEST_PARSED) {
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
