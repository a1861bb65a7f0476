import type { CompileContext, Extension } from 'mdast-util-from-markdown';
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTaskListItemFromMarkdown } from 'mdast-util-gfm-task-list-item';
import { gfmAutolinkLiteral } from 'micromark-extension-gfm-autolink-literal';
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough';
import { gfmTable } from 'micromark-extension-gfm-table';
import { gfmTaskListItem } from 'micromark-extension-gfm-task-list-item';

type Token = Parameters<CompileContext['enter']>[1];

/** An address in the prose becomes a link of which it is the words. */
function addressedBy(scheme: string) {
  return function exit(this: CompileContext, token: Token): undefined {
    const link = this.stack.at(-1);
    if (link?.type !== 'link') return;
    const value = this.sliceSerialize(token);
    link.url = scheme + value;
    link.children = [{ type: 'text', value, position: { start: token.start, end: token.end } }];
  };
}

const addresses: Extension = {
  enter: {
    literalAutolink(token) {
      this.enter({ type: 'link', url: '', children: [] }, token);
    },
  },
  exit: {
    literalAutolinkHttp: addressedBy(''),
    literalAutolinkWww: addressedBy('http://'),
    literalAutolinkEmail: addressedBy('mailto:'),
    literalAutolink(token) {
      this.exit(token);
    },
  },
};

/** GitHub-flavoured markdown without footnotes, which are shown as they are written: half of its usual weight. */
export const SYNTAX = {
  extensions: [gfmAutolinkLiteral(), gfmStrikethrough(), gfmTable(), gfmTaskListItem()],
  mdastExtensions: [addresses, gfmStrikethroughFromMarkdown(), gfmTableFromMarkdown(), gfmTaskListItemFromMarkdown()],
};
