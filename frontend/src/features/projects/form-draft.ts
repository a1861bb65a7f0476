/** A question form while it is edited: its lists have rows that keep their identity, and keys follow the labels. */

import type { QuestionForm } from '../../lib/api-types';

type Lists = 'aspects' | 'flags' | 'reasons';
type Aspect = QuestionForm['aspects'][number];
type Choice = QuestionForm['flags'][number];
type Reason = QuestionForm['reasons'][number];

/** `isPublished` rows keep their key: answers are stored under it. */
export type Row<Entry> = Entry & { id: number; isPublished: boolean };
export type AspectRow = Row<Aspect>;
export type ChoiceRow = Row<Choice>;
export type ReasonRow = Row<Reason>;

export type FormDraft = Omit<QuestionForm, Lists> & {
  aspects: AspectRow[];
  flags: ChoiceRow[];
  reasons: ReasonRow[];
};

/** The draft of a form; keys that `published` has stay as they are. */
export function draftOfForm(form: QuestionForm, published: QuestionForm): FormDraft {
  return {
    ...form,
    aspects: rowsOf(form.aspects, published.aspects),
    flags: rowsOf(form.flags, published.flags),
    reasons: rowsOf(form.reasons, published.reasons),
  };
}

function rowsOf<Entry extends Choice>(entries: readonly Entry[], published: readonly Choice[]): Row<Entry>[] {
  return entries.map((entry, id) => ({ ...entry, id, isPublished: published.some(({ key }) => key === entry.key) }));
}

/** The form as it would be published. */
export function formOfDraft(draft: FormDraft): QuestionForm {
  return {
    ...draft,
    aspects: entriesOf(draft.aspects).map(({ key, label, description, strengths, tie, required }) => ({
      key,
      label,
      description,
      strengths,
      tie,
      required,
    })),
    flags: entriesOf(draft.flags).map(({ key, label, description }) => ({ key, label, description })),
    reasons: entriesOf(draft.reasons).map(({ key, label, description, sign }) => ({ key, label, description, sign })),
  };
}

function entriesOf<Entry extends Choice>(rows: readonly Row<Entry>[]): Row<Entry>[] {
  const taken = new Set(rows.filter(({ isPublished }) => isPublished).map(({ key }) => key));
  return rows.map((row) => {
    const clean = { ...row, label: row.label.trim(), description: row.description.trim() };
    if (row.isPublished) return clean;
    const key = freeKey(keyFromLabel(row.label), taken);
    taken.add(key);
    return { ...clean, key };
  });
}

const KEY_CHARACTERS = 40;

/** `Off the topic` → `off_the_topic`; a label without Latin letters becomes `item`. */
export function keyFromLabel(label: string): string {
  const words = label
    .normalize('NFD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '');
  return words.slice(0, KEY_CHARACTERS).replace(/_+$/, '') || 'item';
}

function freeKey(key: string, taken: ReadonlySet<string>): string {
  if (!taken.has(key)) return key;
  for (let number = 2; ; number += 1) {
    const ending = `_${number}`;
    const tried = `${key.slice(0, KEY_CHARACTERS - ending.length)}${ending}`;
    if (!taken.has(tried)) return tried;
  }
}

export function nextRowId(rows: readonly { id: number }[]): number {
  return Math.max(-1, ...rows.map(({ id }) => id)) + 1;
}

/** Path (as the server names it, without `form.`) → what is wrong, before it is worth asking the server. */
export function formProblems(form: QuestionForm): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const list of ['aspects', 'flags', 'reasons'] as const) {
    form[list].forEach(({ label }, index) => {
      if (!label) problems[`${list}.${index}.label`] = 'A label is needed.';
    });
  }
  if (form.rationale !== 'off' && !Number.isInteger(form.rationale_min)) {
    problems.rationale_min = 'A whole number is needed.';
  }
  return problems;
}

/** Server messages at the fields of the editor: `form.aspects.0.label` → `aspects.0.label`; `form` stands for all. */
export function formProblemsFrom(fields: Readonly<Record<string, string[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, messages]) => [name.replace(/^form\./, ''), messages.join(' ')]),
  );
}
