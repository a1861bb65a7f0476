import { answer, api, csrfToken } from '../../api/client';
import type { components } from '../../api/schema';
import type { Claimed } from './label-reducer';
import type { Feedback, Operation, Pair } from './label-state';
import { verdictBody } from './verdict-body';

/** What the labeling screen asks of the site, for one project. */
export interface LabelApi {
  /** `leaseMs`: how long the newest lease lasts from now. */
  claim(count: number): Promise<Claimed & { leaseMs: number }>;
  send(operation: Operation): Promise<Delivered>;
  /** Renews the leases; gives back those that others hold by now. */
  heartbeat(pairIds: readonly number[]): Promise<number[]>;
  /** Gives leases back while the page goes away. */
  release(pairIds: readonly number[]): void;
}

/** What the site answered to a delivery. */
export interface Delivered {
  /** For an undo: the comparison as it is leased again, perhaps in another slot and in another order. */
  pair: Pair | null;
  /** For a known pair of the warm-up. */
  feedback: Feedback | null;
}

const NOTHING_MORE: Delivered = { pair: null, feedback: null };

export function labelApi(projectId: number, now: () => number = Date.now): LabelApi {
  const params = { path: { project_id: projectId } };
  return {
    async claim(count) {
      const body = await answer(api.POST('/api/projects/{project_id}/claim/', { params, body: { count } }));
      const expiries = body.assignments.map(({ lease_expires_at }) => Date.parse(lease_expires_at) - now());
      return {
        pairs: body.assignments.map(pairOf),
        remaining: body.remaining,
        reason: body.reason,
        reasonText: body.message ?? '',
        form: body.form,
        guidelinesNumber: body.guidelines_number,
        warmUp: body.warm_up ?? null,
        leaseMs: Math.max(0, ...expiries),
      };
    },
    async send(operation) {
      const assignment_id = operation.pairId;
      if (operation.type === 'undo') {
        const body = { assignment_id, client_id: operation.answerId };
        const { assignment } = await answer(api.POST('/api/projects/{project_id}/undo/', { params, body }));
        return { ...NOTHING_MORE, pair: pairOf(assignment) };
      }
      const { answer: given, details, id: clientId, activeMs } = operation;
      if (given.kind === 'skip') {
        const body = { assignment_id, client_id: clientId, reason: given.reason };
        await api.POST('/api/projects/{project_id}/skips/', { params, body });
        return NOTHING_MORE;
      }
      const body = verdictBody(given, { assignmentId: assignment_id, clientId, activeMs }, details);
      const taken = await answer(api.POST('/api/projects/{project_id}/verdicts/', { params, body }));
      return { ...NOTHING_MORE, feedback: taken.feedback ?? null };
    },
    async heartbeat(pairIds) {
      const body = { assignment_ids: [...pairIds] };
      return (await answer(api.POST('/api/projects/{project_id}/heartbeat/', { params, body }))).lost;
    },
    release(pairIds) {
      if (pairIds.length === 0) return;
      // `keepalive` lets the request outlive the page; what fails here expires with its lease.
      void window
        .fetch(`/api/projects/${projectId}/release/`, {
          method: 'POST',
          keepalive: true,
          headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrfToken() },
          body: JSON.stringify({ assignment_ids: pairIds }),
        })
        .catch(() => undefined);
    },
  };
}

type AssignmentOut = components['schemas']['AssignmentOut'];

export function pairOf({ id, prompt, completions }: Pick<AssignmentOut, 'id' | 'prompt' | 'completions'>): Pair {
  return { id, prompt, completions: completions.map(({ text }) => text) };
}
