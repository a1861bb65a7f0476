/** Principles while they are edited: rows keep their identity, weights may be half typed. */

import type { Principle, PrincipleChange } from '../../lib/api-types';
import { minusText } from '../../lib/number-text';

export const WEIGHT_MOST = 3;
export const WEIGHT_STEP = 0.25;
export const PRINCIPLES_MOST = 24;

export interface PrincipleRow {
  id: number;
  key: string;
  name: string;
  positive: string;
  negative: string;
  /** Empty while it is typed anew. */
  weight: number | '';
  tags: string[];
}

export function draftOf(principles: readonly Principle[]): PrincipleRow[] {
  return principles.map(({ key, name, positive, negative, weight, tags }, id) => ({
    id,
    key,
    name,
    positive,
    negative,
    weight,
    tags: tags ?? [],
  }));
}

/** The list as it would be published; a weight that is not there counts as out of force. */
export function principlesOf(draft: readonly PrincipleRow[]): Principle[] {
  return draft.map(({ key, name, positive, negative, weight, tags }) => ({
    key: key.trim(),
    name: name.trim(),
    positive: positive.trim(),
    negative: negative.trim(),
    weight: weight === '' ? 0 : weight,
    tags,
  }));
}

/** A further principle, of an aspect of the question form or of none yet. */
export function withFresh(draft: readonly PrincipleRow[], of: { key: string; name: string }): PrincipleRow[] {
  const id = Math.max(-1, ...draft.map((row) => row.id)) + 1;
  return [...draft, { id, ...of, positive: '', negative: '', weight: 1, tags: [] }];
}

const KEY = /^[a-z][a-z0-9_]{0,39}$/;

/** Path (`0.key`) → what is wrong, before it is worth asking the server. */
export function draftProblems(draft: readonly PrincipleRow[]): Record<string, string> {
  const problems: Record<string, string> = {};
  const places = new Map<string, number>();
  principlesOf(draft).forEach((principle, index) => {
    for (const field of ['name', 'positive', 'negative'] as const) {
      if (!principle[field]) problems[`${index}.${field}`] = 'Words are needed.';
    }
    const first = places.get(principle.key);
    if (!KEY.test(principle.key)) {
      problems[`${index}.key`] = 'Small Latin letters, digits and _ are possible; a letter comes first.';
    } else if (first !== undefined) {
      problems[`${index}.key`] = `Principle ${first + 1} has this key as well.`;
    } else {
      places.set(principle.key, index);
    }
    const weight = draft[index]?.weight;
    if (weight === '' || Math.abs(Number(weight)) > WEIGHT_MOST || Number.isNaN(Number(weight))) {
      problems[`${index}.weight`] = `A number from −${WEIGHT_MOST} to ${WEIGHT_MOST} is needed.`;
    }
  });
  return problems;
}

/** Server messages at the fields of the editor: `principles.0.key` → `0.key`. */
export function problemsFrom(fields: Readonly<Record<string, string[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, messages]) => [name.replace(/^principles\./, ''), messages.join(' ')]),
  );
}

/** The list with one principle's negation in force, as strongly as it was wanted; 1 where it was out of force. */
export function prohibited(principles: readonly Principle[], key: string): Principle[] {
  return principles.map((principle) =>
    principle.key === key ? { ...principle, weight: -Math.abs(principle.weight || 1) } : principle,
  );
}

const FIELDS = ['name', 'positive', 'negative', 'weight', 'tags'] as const;

/** What became of each key, as the server tells it of published versions. */
export function changesBetween(before: readonly Principle[], after: readonly Principle[]): PrincipleChange[] {
  const changed = after.flatMap((principle): PrincipleChange[] => {
    const old = before.find(({ key }) => key === principle.key);
    if (!old) return [{ key: principle.key, change: 'added', fields: [] }];
    const fields = FIELDS.map((field) => ({ field, before: textOf(old[field]), after: textOf(principle[field]) }));
    const different = fields.filter((field) => field.before !== field.after);
    return different.length > 0 ? [{ key: principle.key, change: 'changed', fields: different }] : [];
  });
  const removed = before.filter(({ key }) => !after.some((principle) => principle.key === key));
  return [...changed, ...removed.map(({ key }): PrincipleChange => ({ key, change: 'removed', fields: [] }))];
}

function textOf(value: string | number | readonly string[] | undefined): string {
  return Array.isArray(value) ? value.join(', ') : String(value ?? '');
}

/** What a weight does, in words. */
export function forceWords(weight: number | ''): string {
  if (weight === '' || weight === 0) return 'out of force';
  return weight > 0 ? 'in force' : 'its negation is in force';
}

/** −1.5 with a typographic minus. */
export function weightText(weight: number): string {
  return minusText(String(weight));
}
