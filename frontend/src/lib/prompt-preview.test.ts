import { describe, expect, it } from 'vitest';
import { guessFormat, parseCsv, previewPrompts } from './prompt-preview';

describe('previewPrompts', () => {
  it('reads lines and counts them without the empty ones', () => {
    expect(previewPrompts('one\n\n  two  \n', 'lines')).toEqual({
      rows: [
        { row: 1, text: 'one', problem: null },
        { row: 3, text: 'two', problem: null },
      ],
      total: 2,
    });
  });

  it('reads prompts and conversations from JSONL and names the row that cannot be read', () => {
    const text = '{"prompt":"Hi"}\n{"messages":[{"role":"user","content":"Why?"}]}\n{"prompt":\n{"other":1}';
    const { rows } = previewPrompts(text, 'jsonl');
    expect(rows.map(({ text: prompt }) => prompt)).toEqual(['Hi', 'user: Why?', null, null]);
    expect(rows[2]?.problem).toBe('This line is not JSON.');
    expect(rows[3]?.problem).toContain('No prompt found');
  });

  it('takes the prompt column of a CSV wherever it is', () => {
    const { rows, total } = previewPrompts('tag,Prompt\na,"Say ""hi"", please"\nb,\n', 'csv');
    expect(total).toBe(2);
    expect(rows[0]?.text).toBe('Say "hi", please');
    expect(rows[1]?.problem).toBe('The prompt is empty.');
  });

  it('says which columns a CSV without prompts has', () => {
    expect(previewPrompts('a,b\n1,2', 'csv').rows[0]?.problem).toContain('“a”, “b”');
  });

  it('shows no more rows than asked for', () => {
    expect(previewPrompts('a\nb\nc', 'lines', 2)).toMatchObject({ rows: { length: 2 }, total: 3 });
  });
});

describe('parseCsv', () => {
  it('keeps line breaks inside quotes', () => {
    expect(parseCsv('p\r\n"two\nlines",x')).toEqual([['p'], ['two\nlines', 'x']]);
  });
});

describe('guessFormat', () => {
  it('goes by the name, then by the first character', () => {
    expect(guessFormat('a.CSV', '')).toBe('csv');
    expect(guessFormat('a.txt', ' {"prompt":""}')).toBe('jsonl');
    expect(guessFormat('a.txt', 'Tell me')).toBe('lines');
  });
});
