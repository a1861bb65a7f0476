import Markdown, { type Components } from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import { modelTextSchema } from '../lib/model-text-schema';
import { rawHtmlAsText } from '../lib/raw-html-as-text';
import classes from './markdown-text.module.css';

interface MarkdownTextProps {
  text: string;
  /** `shown` prints the address behind the words and cannot be followed: for model text. */
  links?: 'shown' | 'open';
}

/** Longer text is shown as it is: parsing markdown costs more than its layout gains. */
const LONGEST_PARSED = 60_000;

const MODEL_TEXT: Components = {
  a: ({ href, children }) => (
    <span className={classes.link}>
      {children}
      {href && <span className={classes.address}> ({href})</span>}
    </span>
  ),
  img: ({ alt, src }) => <ImageAsText alt={alt} src={src} />,
};

const TRUSTED_TEXT: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ),
  img: ({ alt, src }) => <ImageAsText alt={alt} src={src} />,
};

/** Markdown as elements: no HTML of the source, no images, nothing that loads from elsewhere. */
export function MarkdownText({ text, links = 'shown' }: MarkdownTextProps) {
  if (text.length > LONGEST_PARSED) {
    return (
      <div className={classes.plain} dir="auto">
        {text}
      </div>
    );
  }
  return (
    <div className={classes.markdown} dir="auto">
      <Markdown
        remarkPlugins={[remarkGfm]}
        rehypePlugins={[rawHtmlAsText, [rehypeSanitize, modelTextSchema]]}
        components={links === 'open' ? TRUSTED_TEXT : MODEL_TEXT}
      >
        {text}
      </Markdown>
    </div>
  );
}

function ImageAsText({ alt, src }: { alt?: string; src?: unknown }) {
  return (
    <span className={classes.address}>
      [image: {alt || 'no description'}
      {typeof src === 'string' && src ? `, ${src}` : ''}]
    </span>
  );
}
