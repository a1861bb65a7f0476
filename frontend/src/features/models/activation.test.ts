import { expect, it } from 'vitest';
import { examplePolicy as policy } from '../../testing/admin-examples';
import { activationConsequence, isRollback } from './activation';

const BASE = policy(0, { comparisons_open: 9 });
const MIDDLE = policy(1, { comparisons_open: 4 });
const ACTIVE = policy(2, { status: 'active', comparisons_open: 30 });
const ALL = [ACTIVE, MIDDLE, BASE];

it('counts the pairs of every policy that the older one does not descend from', () => {
  expect(activationConsequence(BASE, ALL)).toContain('34 unlabeled pairs of policy 2, 1 are withdrawn');
  expect(activationConsequence(MIDDLE, ALL)).toContain('30 unlabeled pairs of policy 2 are withdrawn');
});

it('withdraws nothing when a policy tuned from the one in use is promoted', () => {
  const next = policy(3, { status: 'candidate' });
  expect(activationConsequence(next, [next, ...ALL])).toContain('No pair is withdrawn');
  expect(activationConsequence(next, [next, ...ALL])).toContain('Policy 2 is retired');
});

it('calls only older policies a roll-back', () => {
  expect([isRollback(MIDDLE, ACTIVE), isRollback(policy(3), ACTIVE), isRollback(BASE, undefined)]).toEqual([
    true,
    false,
    false,
  ]);
});
