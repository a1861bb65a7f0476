/** The rule of an exclusion as it is typed, and what it says to the server. */

import type { ExclusionScope } from '../../api/exclusion-queries';

export interface ExclusionRule {
  annotatorId: string;
  /** As a `datetime-local` field gives it: in the reader's own time zone. */
  from: string;
  until: string;
  guidelines: string;
}

export const NO_RULE: ExclusionRule = { annotatorId: '', from: '', until: '', guidelines: '' };

/** The rule that an address brings along, such as from a flagged labeler. */
export function ruleFromSearch(search: Record<string, unknown>): ExclusionRule {
  const id = Number(search.labeler);
  return { ...NO_RULE, annotatorId: Number.isInteger(id) && id > 0 ? String(id) : '' };
}

export function scopeOfRule({ annotatorId, from, until, guidelines }: ExclusionRule): ExclusionScope {
  return {
    annotator_id: annotatorId ? Number(annotatorId) : null,
    given_from: isoTime(from),
    given_until: isoTime(until),
    guidelines_number: guidelines ? Number(guidelines) : null,
  };
}

function isoTime(local: string): string | null {
  const time = new Date(local);
  return local && !Number.isNaN(time.getTime()) ? time.toISOString() : null;
}

/** Why the rule cannot be looked at yet, or null. */
export function ruleProblem(rule: ExclusionRule): string | null {
  const scope = scopeOfRule(rule);
  if (Object.values(scope).every((part) => part === null)) return 'Choose at least one of them.';
  if (scope.given_from && scope.given_until && scope.given_from >= scope.given_until) {
    return 'The window ends before it begins.';
  }
  return null;
}

interface RuleWords {
  username: string | null;
  given_from: string | null;
  given_until: string | null;
  guidelines_number: number | null;
}

/** `by ben, from 1 May 2026, 10:00, under guidelines 2`. */
export function ruleWords({ username, given_from, given_until, guidelines_number }: RuleWords): string {
  const words = [
    username !== null && `by ${username}`,
    given_from && `from ${timeWords(given_from)}`,
    given_until && `until ${timeWords(given_until)}`,
    guidelines_number !== null && `under guidelines ${guidelines_number}`,
  ].filter(Boolean);
  return words.join(', ');
}

function timeWords(time: string): string {
  return new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
