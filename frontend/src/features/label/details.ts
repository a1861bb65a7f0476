import type { Side, Strength } from './label-state';

/** The answer to one aspect, on its own scale. */
export type AspectAnswer =
  | { kind: 'prefer'; side: Side; strength: Strength }
  | { kind: 'tie' }
  | { kind: 'cannot_judge' };

/** A marked passage: `start` and `end` (exclusive) count Unicode code points of the raw completion. */
export interface Span {
  start: number;
  end: number;
  sign: 'good' | 'bad';
  reason: string;
}

/** What was said about one completion alone. */
export interface CompletionDetails {
  flags: readonly string[];
  reasons: readonly string[];
  rating: number | null;
  /** In the order of the text; no two overlap. */
  spans: readonly Span[];
  /** The corrected completion; null without one. */
  edit: string | null;
}

/** Everything given beside the verdict. */
export interface Details {
  aspects: Readonly<Record<string, AspectAnswer>>;
  /** In the order shown. */
  completions: readonly CompletionDetails[];
  rationale: string;
}

const NOTHING: CompletionDetails = { flags: [], reasons: [], rating: null, spans: [], edit: null };

export const NO_DETAILS: Details = { aspects: {}, completions: [], rationale: '' };

/** Nothing said yet about any of so many completions. */
export function emptyDetails(count: number): Details {
  return { ...NO_DETAILS, completions: Array.from({ length: count }, () => NOTHING) };
}

export function completionDetails(details: Details, index: number): CompletionDetails {
  return details.completions[index] ?? NOTHING;
}

export function withCompletion(details: Details, index: number, change: Partial<CompletionDetails>): Details {
  const completions = details.completions.map((old, place) => (place === index ? { ...old, ...change } : old));
  return { ...details, completions };
}

/** `null` takes the answer back. */
export function withAspect(details: Details, key: string, answer: AspectAnswer | null): Details {
  const { [key]: _old, ...others } = details.aspects;
  return { ...details, aspects: answer ? { ...others, [key]: answer } : others };
}

/** A key of a list, put in or taken out. */
export function toggled(keys: readonly string[], key: string): string[] {
  return keys.includes(key) ? keys.filter((one) => one !== key) : [...keys, key];
}

/** A mark replaces those that it touches. */
export function withSpan(spans: readonly Span[], span: Span): Span[] {
  const apart = spans.filter(({ start, end }) => end <= span.start || start >= span.end);
  return [...apart, span].sort((one, other) => one.start - other.start);
}

export function hasDetails(details: Details): boolean {
  return (
    Object.keys(details.aspects).length > 0 ||
    details.rationale.trim() !== '' ||
    details.completions.some(
      ({ flags, reasons, rating, spans, edit }) =>
        flags.length > 0 || reasons.length > 0 || rating !== null || spans.length > 0 || edit !== null,
    )
  );
}
