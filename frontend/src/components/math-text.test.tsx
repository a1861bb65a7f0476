import { render, waitFor } from '@testing-library/react';
import { beforeAll, describe, expect, it } from 'vitest';
import { MarkdownText } from './markdown-text';
import { mathElement } from './math-element';

beforeAll(() => import('./math-formula'));

async function drawn(text: string, marks?: Parameters<typeof MarkdownText>[0]['marks']): Promise<HTMLElement> {
  const { container } = render(<MarkdownText text={text} marks={marks} />);
  await waitFor(() => expect(container.querySelector('math')).not.toBeNull());
  return container;
}

/** Every element and attribute that a formula becomes, as it is in the page. */
function parts(tex: string): { elements: Set<string>; attributes: Set<string> } | null {
  const formula = mathElement(tex, true);
  if (!formula) return null;
  const { container } = render(<div>{formula}</div>);
  const all = [...container.querySelectorAll('math, math *')];
  return {
    elements: new Set(all.map(({ localName }) => localName)),
    attributes: new Set(all.flatMap((element) => element.getAttributeNames())),
  };
}

describe('a formula', () => {
  it('is its source until it can be drawn, and then MathML', async () => {
    const { container } = render(<MarkdownText text="so $\frac{a}{b}$" />);
    expect(container.textContent).toBe('so $\\frac{a}{b}$');
    await waitFor(() => expect(container.querySelector('mfrac')?.children).toHaveLength(2));
    expect(container.textContent).toBe('so ab');
  });

  it('keeps what markdown would take for its own', async () => {
    const page = await drawn('$a_1 * b_2 * c$ and $$\\begin{matrix}1 & 2\\\\3 & 4\\end{matrix}$$');
    expect(page.querySelector('em')).toBeNull();
    expect(page.querySelectorAll('msub')).toHaveLength(2);
    expect(page.querySelectorAll('mtr')).toHaveLength(2);
  });

  it('may stand in a table, with a bar', async () => {
    const page = await drawn('| a | b |\n|---|---|\n| $|x|$ | \\(y\\) |');
    expect(page.querySelectorAll('td')).toHaveLength(2);
    expect(page.querySelectorAll('td math')).toHaveLength(2);
  });

  it('takes lines that look like lists or headings', async () => {
    const page = await drawn('\\[\na\n= b\n- c\n\\]');
    expect(page.querySelector('ul, .heading')).toBeNull();
    expect(page.querySelector('math')?.textContent).toBe('a=b−c');
  });

  it.each(['`$x$`', '```\n$x$\n```', '    $x$', '[x](https://example.org/$a$)', '<b title="$x$">'])(
    'is none in code, addresses and tags: %s',
    (text) => {
      const { container } = render(<MarkdownText text={text} />);
      expect(container.querySelector('math')).toBeNull();
      expect(container.textContent).toContain(text.includes('$x$') ? '$x$' : '/$a$');
      expect(container.textContent).not.toMatch(/[\ue000-\uf8ff]/);
    },
  );

  it('is not drawn in a text with signs that could be taken for ours', () => {
    const { container } = render(<MarkdownText text={'\ue000\ue100\ue001 $x$'} />);
    expect(container.textContent).toBe('\ue000\ue100\ue001 $x$');
  });

  it('is marked as a whole where a mark touches it, and the words beside it to the character', async () => {
    // "ab 😀 $x^2$ cd": the mark covers "b" up to the formula's first signs, in code points.
    const page = await drawn('ab 😀 $x^2$ cd', [{ start: 1, end: 7, sign: 'good', reason: '' }]);
    const marks = [...page.querySelectorAll('mark')];
    expect(marks.map(({ textContent }) => textContent)).toEqual(['b 😀 ', 'x2']);
    expect(marks[1]?.querySelector('math')).not.toBeNull();
    expect(page.textContent).toBe('ab 😀 x2 cd');
  });

  it('leaves marks behind it in their place', async () => {
    const page = await drawn('$x$ ab *cd*', [{ start: 5, end: 9, sign: 'bad', reason: '' }]);
    expect([...page.querySelectorAll('mark')].map(({ textContent }) => textContent)).toEqual(['b ', 'c']);
  });
});

const REFUSED = [
  '\\href{javascript:alert(1)}{x}',
  '\\url{https://evil.example}',
  '\\includegraphics{https://evil.example/pixel.png}',
  '\\htmlData{onclick=alert(1)}{x}',
  '\\class{shell}{x}',
  '\\id{root}{x}',
  '\\style{position:fixed;inset:0}{x}',
  '\\ref{main}',
  '\\def\\a{\\a\\a}\\a',
  '\\gdef\\a{x}\\a',
  '\\let\\frac\\sqrt \\frac{1}',
  '\\newcommand{\\a}{\\a}\\a',
  '\\renewcommand{\\frac}{x}\\frac',
  '\\unknown',
  '\\frac{1',
  '}{',
  `${'\\sqrt{'.repeat(200)}x${'}'.repeat(200)}`,
  `${'\\frac{1}{'.repeat(200)}x${'}'.repeat(200)}`,
  `${'{'.repeat(20_000)}x${'}'.repeat(20_000)}`,
  'x^'.repeat(999),
  'x+'.repeat(999),
];

const TAMED = [
  '\\rule{9999em}{9999em}',
  '\\kern-9999em x',
  '\\hspace{-9999em}x',
  '\\raisebox{9999em}{x}',
  '\\color{transparent}x',
  '\\colorbox{red}{x}',
  '\\Huge{\\Huge{\\Huge x}}',
  '\\text{<img src=x onerror=alert(1)> <script>alert(1)</script>}',
  '\\text{</math><script>alert(1)</script>}',
  '\\label{root} x',
  '\\begin{align}a&=b\\\\c&=d\\end{align}',
  '\\begin{cases}a&b\\\\c&d\\end{cases}',
  '\\boxed{\\cancel{x}} \\overline{AB} \\underbrace{a}_{b}',
  '\\smash{x} \\llap{x} \\phantom{x} \\mathclap{x}',
  '\\sum_{i=1}^n \\int_0^1 \\left( \\frac12 \\right) \\mathbb{R}',
  '\\tag{1} x',
];

const ELEMENTS =
  /^(math|mrow|mi|mn|mo|mtext|ms|mspace|mfrac|msqrt|mroot|msub|msup|msubsup|munder|mover|munderover|mtable|mtr|mtd|mstyle|mpadded|mphantom|menclose)$/;
const ATTRIBUTES =
  /^(class|display|displaystyle|scriptlevel|stretchy|fence|separator|symmetric|largeop|movablelimits|accent|form|mathvariant|width|height|depth|voffset|lspace|rspace|minsize|maxsize|linethickness)$/;

describe('a hostile formula', () => {
  it.each(REFUSED)('stays its source: %.40s', (tex) => {
    expect(parts(tex)).toBeNull();
  });

  it.each(TAMED)('becomes nothing but MathML from our list: %.40s', (tex) => {
    const made = parts(tex);
    for (const element of made?.elements ?? []) expect(element).toMatch(ELEMENTS);
    for (const attribute of made?.attributes ?? []) expect(attribute).toMatch(ATTRIBUTES);
  });

  it('stays near its place', () => {
    for (const tex of TAMED) {
      const formula = mathElement(tex, true);
      const lengths = formula ? render(<div>{formula}</div>).container.innerHTML.match(/-?[\d.]+(?=em")/g) : [];
      for (const length of lengths ?? []) expect(Math.abs(Number(length))).toBeLessThanOrEqual(10);
    }
  });

  it('is read as text where it is a tag', () => {
    const { container } = render(<div>{mathElement('\\text{<b>x</b>}', true)}</div>);
    expect(container.querySelector('mtext')?.textContent).toBe('<b>x</b>');
  });

  it('is not tried when it is long', async () => {
    const page = await drawn(`$x$ $${'y'.repeat(2_001)}$`);
    expect(page.querySelectorAll('math')).toHaveLength(1);
    expect(page.textContent).toContain(`$${'y'.repeat(2_001)}$`);
  });

  it('does not hold the page up', () => {
    const started = performance.now();
    for (const tex of REFUSED) mathElement(tex.slice(0, 2_000), true);
    for (const part of ['\\frac', '\\sqrt', '\\left(', '{', '^', '\\begin{matrix}', '\\text', '&', '\\\\', "'"]) {
      mathElement(part.repeat(2_000 / part.length), true);
    }
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
