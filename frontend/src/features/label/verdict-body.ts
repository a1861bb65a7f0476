import type { components } from '../../api/schema';
import type { Verdict } from './label-state';

type VerdictIn = components['schemas']['VerdictInRequest'];

interface VerdictFacts {
  assignmentId: number;
  clientId: string;
  activeMs: number;
}

/** A verdict as the API takes it. */
export function verdictBody(verdict: Verdict, { assignmentId, clientId, activeMs }: VerdictFacts): VerdictIn {
  return {
    assignment_id: assignmentId,
    client_id: clientId,
    active_ms: activeMs,
    kind: verdict.kind,
    side: verdict.kind === 'prefer' ? verdict.side : null,
    strength: verdict.kind === 'prefer' ? verdict.strength : null,
    rationale: '',
  };
}
