/** Reads the beginning of pasted or chosen prompts so that they can be looked at before they are sent. */

export type PromptFormat = 'lines' | 'jsonl' | 'csv';

export interface PreviewRow {
  /** 1-based, as the server counts rows. */
  row: number;
  /** The prompt's text, or null when the row cannot be read. */
  text: string | null;
  problem: string | null;
}

export interface PromptPreview {
  rows: PreviewRow[];
  /** Rows in the whole text, where counting them is exact; the server says the final number. */
  total: number;
}

const TEXT_KEYS = ['prompt', 'text', 'instruction', 'messages'];

/** Format by file name, else by the first character. */
export function guessFormat(name: string, text: string): PromptFormat {
  if (/\.csv$/i.test(name)) return 'csv';
  if (/\.(jsonl|ndjson|json)$/i.test(name)) return 'jsonl';
  return text.trimStart().startsWith('{') ? 'jsonl' : 'lines';
}

export function previewPrompts(text: string, format: PromptFormat, limit = 5): PromptPreview {
  if (format === 'csv') return previewCsv(text, limit);
  const lines = text.split(/\r?\n/).map((line, index) => ({ line, row: index + 1 }));
  const filled = lines.filter(({ line }) => line.trim() !== '');
  const rows = filled
    .slice(0, limit)
    .map(({ line, row }) =>
      format === 'jsonl' ? { row, ...readJson(line) } : { row, text: line.trim(), problem: null },
    );
  return { rows, total: filled.length };
}

function readJson(line: string): Omit<PreviewRow, 'row'> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { text: null, problem: 'This line is not JSON.' };
  }
  const text = promptText(value);
  return text === null
    ? { text, problem: 'No prompt found: expected a string, or an object with “prompt” or “messages”.' }
    : { text, problem: null };
}

function promptText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(messageText).filter(Boolean).join('\n') || null;
  if (typeof value !== 'object' || value === null) return null;
  const record = value as Record<string, unknown>;
  const key = TEXT_KEYS.find((name) => record[name] !== undefined);
  return key === undefined ? null : promptText(record[key]);
}

function messageText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const { role, content } = value as Record<string, unknown>;
  return typeof content === 'string' ? `${String(role)}: ${content}` : '';
}

function previewCsv(text: string, limit: number): PromptPreview {
  const [header = [], ...rows] = parseCsv(text);
  const column = header.findIndex((name) => TEXT_KEYS.includes(name.trim().toLowerCase()));
  if (header.length === 0) return { rows: [], total: 0 };
  if (column < 0) {
    const problem = `No column named “prompt”; found ${header.map((name) => `“${name}”`).join(', ')}.`;
    return { rows: [{ row: 1, text: null, problem }], total: rows.length };
  }
  const read = rows.slice(0, limit).map((cells, index): PreviewRow => {
    const value = cells[column]?.trim() ?? '';
    return { row: index + 1, text: value || null, problem: value ? null : 'The prompt is empty.' };
  });
  return { rows: read, total: rows.length };
}

/** Records of a comma-separated text with double-quoted cells (RFC 4180); empty records are left out. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let cell = '';
  let isQuoted = false;
  const endRecord = () => {
    record.push(cell);
    if (record.some((value) => value !== '')) records.push(record);
    record = [];
    cell = '';
  };
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (text[index + 1] === '"') {
        cell += '"';
        index += 1;
      } else isQuoted = false;
    } else if (character === '"') isQuoted = true;
    else if (character === ',') {
      record.push(cell);
      cell = '';
    } else if (character === '\n') endRecord();
    else if (character !== '\r') cell += character;
  }
  endRecord();
  return records;
}
