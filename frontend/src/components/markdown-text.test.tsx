import { render } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { MarkdownText } from './markdown-text';

function shown(text: string, links?: 'shown' | 'open'): HTMLElement {
  return render(<MarkdownText text={text} links={links} />).container;
}

const FORBIDDEN =
  'script, style, img, picture, video, audio, iframe, object, embed, form, input, button, svg, math, link, meta, base';

const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)><script>alert(1)</script></svg>',
  '<style>body{display:none}</style>',
  '<iframe src="https://evil.example"></iframe>',
  '<form action="https://evil.example"><input name=q></form>',
  '<a href="javascript:alert(1)" onclick="alert(1)">x</a>',
  '<div style="position:fixed;inset:0">cover</div>',
  '<base href="https://evil.example/">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '[click](javascript:alert(1))',
  '[click](JaVaScRiPt:alert(1))',
  '[click](&#106;avascript:alert(1))',
  '[click](data:text/html;base64,PHNjcmlwdD4=)',
  '[click](vbscript:msgbox(1))',
  '<javascript:alert(1)>',
  '![x](https://evil.example/pixel.png)',
  '![x][ref]\n\n[ref]: https://evil.example/pixel.png',
  '[a]: javascript:alert(1)\n\n[a]',
  '[x](<javascript:alert(1)>)',
  '```html\n<script>alert(1)</script>\n```',
  '| <img src=x> | <script> |\n|---|---|\n| <b>a</b> | b |',
  '- [ ] <input type=checkbox onfocus=alert(1) autofocus>',
  '<!-- <script>alert(1)</script> -->',
  '<![CDATA[<script>alert(1)</script>]]>',
  '<x onclick=alert(1)>text</x>',
  'https://evil.example/<script>alert(1)</script>',
  '[^1]\n\n[^1]: <script>alert(1)</script>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '\u202e<script>alert(1)</script>',
  `${'>'.repeat(4000)} deep`,
  `${'- '.repeat(2000)}deep`,
  '['.repeat(3000),
  '*a_'.repeat(2000),
];

describe('hostile model text', () => {
  it.each(HOSTILE)('becomes nothing that loads, runs or can be followed: %.40s', (text) => {
    const page = shown(text);
    expect(page.querySelector(FORBIDDEN)).toBeNull();
    expect(page.querySelector('a')).toBeNull();
    for (const element of page.querySelectorAll('*')) {
      for (const name of element.getAttributeNames()) {
        expect(['class', 'dir', 'start', 'data-level']).toContain(name);
      }
    }
  });

  it('is shown as the text it is, not hidden', () => {
    expect(shown('before <script>alert(1)</script> after').textContent).toBe('before <script>alert(1)</script> after');
    expect(shown('<div style="display:none">secret</div>').textContent).toContain('secret');
  });

  it('shows where a link leads without making it one', () => {
    expect(shown('See [the docs](https://example.org/a).').textContent).toBe('See the docs (https://example.org/a).');
  });

  it('names an image instead of loading it', () => {
    expect(shown('![a cat](https://example.org/cat.png)').textContent).toBe(
      '[image: a cat, https://example.org/cat.png]',
    );
  });

  it('keeps nesting shallow enough for a browser to lay out', () => {
    expect(shown(`${'>'.repeat(29)} deep`).querySelectorAll('blockquote').length).toBeLessThan(28);
  });

  it('is not parsed when it is very long', () => {
    const page = shown(`**${'x'.repeat(40_000)}**`);
    expect(page.querySelector('strong')).toBeNull();
    expect(page.textContent).toHaveLength(40_004);
  });
});

describe('trusted text', () => {
  it('has links that open in a new tab and cannot reach back', () => {
    const link = shown('[docs](https://example.org/a)', 'open').querySelector('a');
    expect(link?.getAttribute('href')).toBe('https://example.org/a');
    expect(link?.getAttribute('rel')).toContain('noopener');
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'JAVASCRIPT:alert(1)', ' javascript:alert(1)'])(
    'still follows no %s',
    (address) => {
      expect(shown(`[x](<${address}>)`, 'open').querySelector('a')).toBeNull();
    },
  );
});

describe('markdown', () => {
  it('takes a long rule for a rule', () => {
    expect(shown(`a\n\n${'-'.repeat(80)}\n\n${'* '.repeat(20)}`).querySelectorAll('hr')).toHaveLength(2);
  });

  it('becomes lists, emphasis, code, tables and line breaks', () => {
    const page = shown(
      '# Title\n\nOne **bold** and *soft* `code`\nnext line\n\n3. three\n4. four\n\n- [x] done\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n~~gone~~\n\n---\n\n> quote',
    );
    expect(page.querySelector('strong')?.textContent).toBe('bold');
    expect(page.querySelector('em')?.textContent).toBe('soft');
    expect(page.querySelector('code')?.textContent).toBe('code');
    expect(page.querySelector('ol')?.getAttribute('start')).toBe('3');
    expect(page.querySelector('ul')?.textContent).toBe('☑ done');
    expect(page.querySelectorAll('td')).toHaveLength(2);
    expect(page.querySelector('del')?.textContent).toBe('gone');
    expect(page.querySelector('hr')).not.toBeNull();
    expect(page.querySelector('blockquote')?.textContent).toContain('quote');
    expect(page.textContent).toContain('next line');
  });
});
