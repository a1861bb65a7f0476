import type { RootContent } from 'mdast';
import { Fragment, type ReactNode } from 'react';
import { safeAddress } from '../lib/safe-address';
import classes from './markdown-text.module.css';
import { type Mark, markedWhole, markedWords } from './marked-words';
import { MathText } from './math-text';
import { ScrollBox } from './scroll-box';

interface MarkdownNodesProps {
  nodes: readonly RootContent[];
  source: string;
  definitions: ReadonlyMap<string, string>;
  links: 'shown' | 'open';
  depth: number;
  marks: readonly Mark[];
}

/** Nesting deeper than this is shown as its source: a page of thousands of nested quotes breaks browsers. */
const DEEPEST = 24;

const HEADINGS = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'] as const;

/** Each kind of node becomes an element made here, so that no text can become any other. */
export function MarkdownNodes({ nodes, ...context }: MarkdownNodesProps) {
  return nodes.map((node, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: nodes have no other identity and are made anew together
    <Fragment key={index}>{context.depth > DEEPEST ? sourceOf(node, context.source) : element(node, context)}</Fragment>
  ));
}

type Context = Omit<MarkdownNodesProps, 'nodes'>;

function element(node: RootContent, context: Context): ReactNode {
  const inside = (children: readonly RootContent[]) => (
    <MarkdownNodes nodes={children} {...context} depth={context.depth + 1} />
  );
  switch (node.type) {
    case 'text':
      return words(node, context);
    case 'math':
      return markedWhole(<MathText {...node} />, context.marks, offsetsOf(node));
    case 'html':
      return node.value;
    // Each block finds its own direction: one text may speak several languages.
    case 'paragraph':
      return <p dir="auto">{inside(node.children)}</p>;
    case 'emphasis':
      return <em>{inside(node.children)}</em>;
    case 'strong':
      return <strong>{inside(node.children)}</strong>;
    case 'delete':
      return <del>{inside(node.children)}</del>;
    case 'heading': {
      // The page has its own outline; these only look like headings.
      return (
        <p className={classes.heading} dir="auto" data-level={HEADINGS[node.depth - 1]}>
          {inside(node.children)}
        </p>
      );
    }
    case 'blockquote':
      return <blockquote dir="auto">{inside(node.children)}</blockquote>;
    case 'list':
      return node.ordered ? (
        <ol dir="auto" start={node.start ?? 1}>
          {inside(node.children)}
        </ol>
      ) : (
        <ul dir="auto">{inside(node.children)}</ul>
      );
    case 'listItem':
      return (
        <li>
          {typeof node.checked === 'boolean' && (node.checked ? '☑ ' : '☐ ')}
          {inside(node.children)}
        </li>
      );
    case 'code':
      return (
        <ScrollBox as="pre" label="Code">
          <code>{words(node, context)}</code>
        </ScrollBox>
      );
    case 'inlineCode':
      return <code dir="ltr">{words(node, context)}</code>;
    case 'break':
      return <br />;
    case 'thematicBreak':
      return <hr />;
    case 'table':
      return <TableRows rows={node.children.map(({ children }) => children.map((cell) => inside(cell.children)))} />;
    case 'link':
      return (
        <LinkText
          address={node.url}
          links={context.links}
          words={inside(node.children)}
          bare={sourceOf(node, context.source).endsWith(node.url)}
        />
      );
    case 'linkReference': {
      const address = context.definitions.get(node.identifier);
      return address === undefined ? (
        sourceOf(node, context.source)
      ) : (
        <LinkText address={address} links={context.links} words={inside(node.children)} />
      );
    }
    case 'image':
      return <ImageAsText alt={node.alt} address={node.url} />;
    case 'imageReference':
      return <ImageAsText alt={node.alt} address={context.definitions.get(node.identifier)} />;
    case 'definition':
      return null;
    default:
      return sourceOf(node, context.source);
  }
}

/** The words of a piece of text or code, marked where they were marked in the source. */
function words(node: Extract<RootContent, { value: string }>, { source, marks }: Context): ReactNode {
  if (marks.length === 0) return node.value;
  const [start, end] = offsetsOf(node);
  const inside = source.slice(start, end).indexOf(node.value);
  return markedWords(node.value, marks, { start: inside < 0 ? null : start + inside, within: [start, end] });
}

function offsetsOf({ position }: RootContent): readonly [number, number] {
  return [position?.start.offset ?? 0, position?.end.offset ?? 0];
}

function sourceOf(node: RootContent, source: string): string {
  return source.slice(node.position?.start.offset, node.position?.end.offset);
}

function TableRows({ rows }: { rows: ReactNode[][] }) {
  const [head = [], ...body] = rows;
  return (
    <ScrollBox as="table" label="Table">
      <thead>
        <tr>
          {head.map((cell, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a column has no other identity
            <th key={index}>{cell}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {body.map((cells, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row has no other identity
          <tr key={row}>
            {cells.map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a cell has no other identity
              <td key={index}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </ScrollBox>
  );
}

interface LinkTextProps {
  address: string;
  links: 'shown' | 'open';
  words: ReactNode;
  /** The words are the address. */
  bare?: boolean;
}

function LinkText({ address, links, words, bare = false }: LinkTextProps) {
  const safe = safeAddress(address);
  if (links === 'open' && safe !== null) {
    return (
      <a href={safe} target="_blank" rel="noopener noreferrer nofollow">
        {words}
      </a>
    );
  }
  return (
    <>
      <span className={classes.link}>{words}</span>
      {!bare && <span className={classes.address}> ({address})</span>}
    </>
  );
}

function ImageAsText({ alt, address }: { alt?: string | null; address?: string }) {
  return (
    <span className={classes.address}>
      [image: {alt || 'no description'}
      {address ? `, ${address}` : ''}]
    </span>
  );
}
