import type { Details } from './details';
import type { QuestionForm, Verdict } from './label-state';

/** What must still be given before this can be sent: where it is filled in, and in words after "still to do: ". */
export interface MissingPart {
  part: 'verdict' | 'rationale' | `aspect-${string}`;
  text: string;
}

/** In the order of the screen; empty when nothing is missing. */
export function missingParts(form: QuestionForm, verdict: Verdict | null, details: Details): MissingPart[] {
  const missing: MissingPart[] = [];
  if (!verdict) missing.push({ part: 'verdict', text: 'choose a verdict' });
  // Who cannot judge cannot judge the aspects either, nor owes a reason.
  if (verdict?.kind === 'cannot_judge') return missing;
  // Aspects compare two: a ranking has none.
  const pair = details.completions.length <= 2;
  for (const { key, label, required } of form.aspects) {
    if (pair && required && !details.aspects[key]) missing.push({ part: `aspect-${key}`, text: `answer “${label}”` });
  }
  const rationale = missingRationale(form, details.rationale);
  if (rationale) missing.push({ part: 'rationale', text: rationale });
  return missing;
}

function missingRationale(form: QuestionForm, rationale: string): string | null {
  const length = [...rationale.trim()].length;
  if (form.rationale === 'off' || (form.rationale === 'optional' && length === 0)) return null;
  const short = Math.max(form.rationale_min, form.rationale === 'required' ? 1 : 0) - length;
  if (short <= 0) return null;
  if (length === 0) return form.rationale_min > 1 ? `say why (${form.rationale_min} characters)` : 'say why';
  return `write ${short} more ${short === 1 ? 'character' : 'characters'}`;
}

/** One sentence about all of it. */
export function missingText(missing: readonly MissingPart[]): string {
  const texts = missing.map(({ text }) => text);
  const list = texts.length > 1 ? `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}` : (texts[0] ?? '');
  return list ? `${list[0]?.toUpperCase()}${list.slice(1)}.` : '';
}
