import { expect, it } from 'vitest';
import { withoutFrontMatter } from './front-matter';

it('takes the lines for machines off a README and nothing else', () => {
  expect(withoutFrontMatter('---\nlanguage: en\ntags:\n- rlhf\n---\n# Card\n\n---\nMore')).toBe('# Card\n\n---\nMore');
  expect(withoutFrontMatter('---\r\nlanguage: en\r\n---\r\nCard')).toBe('Card');
  expect(withoutFrontMatter('---\n---\nCard')).toBe('Card');
});

it('leaves a text that begins otherwise, or whose lines have no end, as it is', () => {
  for (const text of ['', '# Card\n---\na: b\n---\n', '---\nlanguage: en\n', '----\na: b\n---\n'])
    expect(withoutFrontMatter(text)).toBe(text);
});
