import { describe, expect, it } from 'vitest';
import { LEFT } from './label-examples';
import type { Operation } from './label-state';
import { IndexedDbOutbox } from './outbox-store';

function operation(id: string): Operation {
  return { type: 'answer', id, pairId: 1, answer: LEFT, activeMs: 5, tried: false };
}

describe('the outbox in IndexedDB', () => {
  it('gives back what was saved, in order, to a later visit', async () => {
    await new IndexedDbOutbox().save('1:1', [operation('b'), operation('a')]);
    expect((await new IndexedDbOutbox().load('1:1')).map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('keeps the outboxes of different people and projects apart', async () => {
    const store = new IndexedDbOutbox();
    await store.save('1:1', [operation('a')]);
    await store.save('2:1', [operation('b')]);
    expect((await store.load('2:1')).map(({ id }) => id)).toEqual(['b']);
    expect(await store.load('3:1')).toEqual([]);
  });

  it('replaces the whole list at each save', async () => {
    const store = new IndexedDbOutbox();
    await store.save('1:1', [operation('a'), operation('b')]);
    await store.save('1:1', [operation('b')]);
    expect((await store.load('1:1')).map(({ id }) => id)).toEqual(['b']);
    await store.save('1:1', []);
    expect(await store.load('1:1')).toEqual([]);
  });
});
