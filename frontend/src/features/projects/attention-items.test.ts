import { expect, it } from 'vitest';
import { exampleMember } from '../../testing/admin-examples';
import { attentionItems } from './attention-items';

const missed = exampleMember({ warm_up: { done: 5, of: 5, correct: 1, passed: false } });

const NOTHING = { flags: 0, reviews: 0, members: [], selfLabelsStopped: null };

it('names what waits for a person, and nothing else', () => {
  expect(attentionItems({ ...NOTHING, members: [exampleMember()] })).toEqual([]);
  expect(attentionItems({ ...NOTHING, flags: 1, reviews: 12, members: [missed] }).map(({ text }) => text)).toEqual([
    '1 flag of labelers to look at',
    '12 comparisons to review',
    '1 labeler missed the warm-up and waits to be let in',
  ]);
});

it('does not wait for those who were let in', () => {
  const letIn = { ...missed, warmed_up_at: '2026-05-01T10:00:00Z' };
  expect(attentionItems({ ...NOTHING, members: [letIn] })).toEqual([]);
});

it('says why reward models label nothing themselves any more', () => {
  const [item] = attentionItems({ ...NOTHING, selfLabelsStopped: 'People confirm 50% of them.' });
  expect(item).toEqual({
    to: '/projects/$id/settings',
    text: 'Self-labels are stopped. People confirm 50% of them.',
    act: 'Change how they are made',
  });
});
