import type { Model } from '../../lib/api-types';
import { countText } from '../../lib/number-text';

/** True when `model` is older than the policy in use, so that putting it to use is a roll-back. */
export function isRollback(model: Model, active: Model | undefined): boolean {
  return active !== undefined && model.number < active.number;
}

/**
 * What putting a policy to use does to the policy in use and to the queue, in full sentences.
 *
 * Unjudged pairs of policies that `model` does not descend from are withdrawn; `policies` holds every version known.
 */
export function activationConsequence(model: Model, policies: readonly Model[]): string {
  const active = policies.find(({ status }) => status === 'active');
  const kept = ancestry(model, policies);
  const left = policies.filter(({ id, comparisons_open }) => !kept.has(id) && comparisons_open > 0);
  const pairs = left.reduce((sum, { comparisons_open }) => sum + comparisons_open, 0);
  const numbers = left.map(({ number }) => number).join(', ');
  const retired = active ? ` Policy ${active.number} is retired; it can be put back to use.` : '';
  const withdrawn =
    pairs > 0
      ? ` ${countText(pairs, 'unlabeled pair')} of policy ${numbers} ${pairs === 1 ? 'is' : 'are'} withdrawn from the queue.`
      : ' No pair is withdrawn from the queue.';
  const returned = isRollback(model, active) ? ` Pairs of policy ${model.number} that were withdrawn return.` : '';
  return (
    `Policy ${model.number} becomes the policy in use; the next round starts from it.${retired}${withdrawn}${returned} ` +
    'Preferences that were given are kept.'
  );
}

/** The ids of a policy and of those it was tuned from. */
function ancestry(model: Model, policies: readonly Model[]): Set<number> {
  const found = new Set<number>();
  let current: Model | undefined = model;
  while (current && !found.has(current.id)) {
    found.add(current.id);
    const parent: number | undefined = current.parent?.id;
    current = policies.find(({ id }) => id === parent);
  }
  return found;
}
