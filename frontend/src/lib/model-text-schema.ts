import { defaultSchema } from 'rehype-sanitize';

const FORBIDDEN = new Set(['img', 'picture', 'source', 'input']);

/** What model text may become: text, lists, tables, code. Nothing that loads, runs, submits or positions. */
export const modelTextSchema: typeof defaultSchema = {
  ...defaultSchema,
  tagNames: [...(defaultSchema.tagNames?.filter((name) => !FORBIDDEN.has(name)) ?? []), 'img'],
  attributes: {
    a: ['href'],
    // Images are kept only to be shown as text: see `markdown-text.tsx`.
    img: ['alt', 'src'],
    ol: ['start'],
    code: [['className', /^language-[\w-]{1,30}$/]],
    td: ['align'],
    th: ['align'],
  },
};
