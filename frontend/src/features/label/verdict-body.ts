import type { components } from '../../api/schema';
import { type CompletionDetails, type Details, NO_DETAILS } from './details';
import type { Verdict } from './label-state';

type VerdictIn = components['schemas']['VerdictInRequest'];

interface VerdictFacts {
  assignmentId: number;
  clientId: string;
  activeMs: number;
}

/** A verdict with its details as the API takes it. */
export function verdictBody(verdict: Verdict, facts: VerdictFacts, details: Details = NO_DETAILS): VerdictIn {
  const slotOf = (index: number) => (details.completions.length > 2 ? String(index) : index === 0 ? 'left' : 'right');
  const bySlot = <Value>(pick: (given: CompletionDetails) => Value | null) =>
    Object.fromEntries(
      details.completions.flatMap((given, index) => {
        const value = pick(given);
        return value === null ? [] : [[slotOf(index), value]];
      }),
    );
  return {
    assignment_id: facts.assignmentId,
    client_id: facts.clientId,
    active_ms: facts.activeMs,
    kind: verdict.kind,
    side: verdict.kind === 'prefer' ? verdict.side : null,
    strength: verdict.kind === 'prefer' ? verdict.strength : null,
    ranking: verdict.kind === 'rank' ? [...verdict.ranking] : null,
    aspects: Object.fromEntries(
      Object.entries(details.aspects).map(([key, answer]) => [key, { side: null, strength: null, ...answer }]),
    ),
    flags: bySlot(({ flags }) => listed(flags)),
    reasons: bySlot(({ reasons }) => listed(reasons)),
    ratings: bySlot(({ rating }) => rating),
    spans: bySlot(({ spans }) => listed(spans)),
    edits: bySlot(({ edit }) => (edit?.trim() ? edit : null)),
    rationale: details.rationale.trim(),
  };
}

function listed<Item>(items: readonly Item[]): Item[] | null {
  return items.length > 0 ? [...items] : null;
}
