import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Problem } from '../../api/problem';
import type { LabelApi } from './label-api';
import { LabelEngine } from './label-engine';
import { CLAIM, LEFT, pair, readyIds } from './label-examples';
import type { Operation } from './label-state';
import type { OutboxStore } from './outbox-store';

class MemoryStore implements OutboxStore {
  rows = new Map<string, readonly Operation[]>();
  load = async (owner: string) => [...(this.rows.get(owner) ?? [])];
  save = async (owner: string, operations: readonly Operation[]) => {
    this.rows.set(owner, operations);
  };
}

/** A site with endless comparisons that can be made unreachable or refusing. */
class FakeSite implements LabelApi {
  told: Operation[] = [];
  failure: Problem | null = null;
  released: number[] = [];
  lost: number[] = [];
  asked: number[] = [];
  private next = 1;

  claim = async (count: number) => {
    this.asked.push(count);
    if (this.failure) throw this.failure;
    const pairs = Array.from({ length: count }, () => pair(this.next++));
    return { ...CLAIM, pairs, leaseMs: 300_000 };
  };
  send = async (operation: Operation) => {
    if (this.failure) throw this.failure;
    this.told.push(operation);
    return { pair: null, feedback: null };
  };
  heartbeat = async (pairIds: readonly number[]) => pairIds.filter((id) => this.lost.includes(id));
  release = (pairIds: readonly number[]) => {
    this.released.push(...pairIds);
  };
}

const OFFLINE = new Problem(0, 'network/unreachable', 'offline');

function makeEngine(site = new FakeSite(), store = new MemoryStore()) {
  let made = 0;
  const confirmed: Operation[] = [];
  const engine = new LabelEngine({
    api: site,
    store,
    owner: '1:1',
    newId: () => `id${made++}`,
    onConfirmed: (operation) => confirmed.push(operation),
  });
  return { engine, site, store, confirmed };
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const always = () => true;
const FIRST_TEN = Array.from({ length: 10 }, (_, index) => index + 1);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the buffer', () => {
  it('is filled at the start and again when fewer than four pairs are left', async () => {
    const { engine, site } = makeEngine();
    await engine.start(always);
    await settle();
    expect(readyIds(engine.state)).toEqual(FIRST_TEN);
    for (let count = 0; count < 7; count++) {
      engine.answer(LEFT, 100);
      await settle();
    }
    expect(site.asked).toEqual([10, 11]);
    expect(engine.state.ready.length).toBeGreaterThanOrEqual(10);
  });

  it('shows the next pair in the same moment, before the site has answered', async () => {
    const { engine } = makeEngine();
    await engine.start(always);
    await settle();
    engine.answer(LEFT, 100);
    expect(engine.state.ready[0]?.id).toBe(2);
  });

  it('asks again by itself after a failed claim', async () => {
    const { engine, site } = makeEngine();
    site.failure = OFFLINE;
    await engine.start(always);
    await settle();
    expect(engine.state.claimProblem).toBe(OFFLINE);
    site.failure = null;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(engine.state.ready).toHaveLength(10);
    expect(engine.state.claimProblem).toBeNull();
  });
});

describe('delivery', () => {
  it('keeps verdicts while the site is unreachable and sends them in order when it is back', async () => {
    const { engine, site, store, confirmed } = makeEngine();
    await engine.start(always);
    await settle();
    site.failure = OFFLINE;
    engine.answer(LEFT, 100);
    engine.answer({ kind: 'tie' }, 200);
    engine.answer({ kind: 'skip', reason: 'no idea' }, 300);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(store.rows.get('1:1')).toHaveLength(3);
    site.failure = null;
    engine.wake();
    await settle();
    expect(site.told.map(({ id }) => id)).toEqual(['id0', 'id1', 'id2']);
    expect(confirmed).toHaveLength(3);
    expect(store.rows.get('1:1')).toEqual([]);
  });

  it('tries again at growing distances without being asked', async () => {
    const { engine, site } = makeEngine();
    await engine.start(always);
    await settle();
    site.failure = OFFLINE;
    const send = vi.spyOn(site, 'send');
    engine.answer(LEFT, 100);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(send.mock.calls.length).toBeGreaterThanOrEqual(4);
    expect(send.mock.calls.length).toBeLessThanOrEqual(9);
    site.failure = null;
    await vi.advanceTimersByTimeAsync(40_000);
    expect(site.told).toHaveLength(1);
  });

  it('sends after a reload what an earlier visit left, before it claims anything', async () => {
    const first = makeEngine();
    await first.engine.start(always);
    await settle();
    first.site.failure = OFFLINE;
    first.engine.answer(LEFT, 100);
    await settle();

    const site = new FakeSite();
    const claim = vi.spyOn(site, 'claim');
    const second = makeEngine(site, first.store);
    second.site.send = async (operation) => {
      expect(claim).not.toHaveBeenCalled();
      site.told.push(operation);
      return { pair: null, feedback: null };
    };
    await second.engine.start(always);
    await settle();
    expect(site.told).toMatchObject([{ id: 'id0', pairId: 1, tried: true }]);
    expect(second.engine.state.ready.length).toBeGreaterThan(0);
  });

  it('stops while logged out, loses nothing and goes on when woken', async () => {
    const { engine, site } = makeEngine();
    await engine.start(always);
    await settle();
    site.failure = new Problem(401, 'auth/not-logged-in', 'Log in.');
    engine.answer(LEFT, 100);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(engine.state.blocked).toBe(true);
    expect(engine.state.outbox).toHaveLength(1);
    site.failure = null;
    engine.wake();
    await settle();
    expect(site.told).toHaveLength(1);
  });

  it('explains a verdict that came too late and goes on with the next', async () => {
    const { engine, site } = makeEngine();
    await engine.start(always);
    await settle();
    site.failure = new Problem(409, 'assignment/expired', 'Expired.');
    engine.answer(LEFT, 100);
    await settle();
    expect(engine.state.notices[0]?.text).toContain('somebody else');
    expect(engine.state.outbox).toEqual([]);
  });

  it('takes an undo that arrived twice for done', async () => {
    const { engine, site, confirmed } = makeEngine();
    await engine.start(always);
    await settle();
    engine.answer(LEFT, 100);
    await settle();
    site.failure = OFFLINE;
    engine.undo();
    await settle();
    site.failure = new Problem(409, 'preference/nothing-to-undo', 'Nothing.');
    engine.wake();
    await settle();
    expect(engine.state.outbox).toEqual([]);
    expect(engine.state.notices).toEqual([]);
    expect(confirmed.at(-1)?.type).toBe('undo');
  });

  it('finishes what is under way after the screen was left', async () => {
    const { engine, site } = makeEngine();
    await engine.start(always);
    await settle();
    engine.answer(LEFT, 100);
    engine.answer(LEFT, 100);
    engine.stop();
    await settle();
    expect(site.told).toHaveLength(2);
    expect(site.released).toEqual(FIRST_TEN.slice(2));
  });

  it('leaves everything to the tab that took over', async () => {
    const { engine, site, store } = makeEngine();
    await engine.start(always);
    await settle();
    site.failure = OFFLINE;
    engine.answer(LEFT, 100);
    await settle();
    engine.stop({ deliver: false });
    site.failure = null;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(site.told).toEqual([]);
    expect(site.released).toEqual([]);
    expect(store.rows.get('1:1')).toHaveLength(1);
  });

  it('gives nothing back that a claim under way brings to the tab that was left', async () => {
    const { engine, site } = makeEngine();
    const claim = site.claim;
    site.claim = async (count: number) => {
      const claimed = await claim(count);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return claimed;
    };
    await engine.start(always);
    await settle();
    engine.stop({ deliver: false });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(site.asked).toEqual([10]);
    expect(site.released).toEqual([]);
    expect(engine.state.ready).toEqual([]);
  });

  it('says when answers cannot be kept on this device', async () => {
    const store = new MemoryStore();
    store.save = () => Promise.reject(new Error('full'));
    const { engine } = makeEngine(new FakeSite(), store);
    await engine.start(always);
    await settle();
    engine.answer(LEFT, 100);
    await settle();
    expect(engine.durable).toBe(false);
  });
});

describe('leases', () => {
  it('are renewed once a minute while somebody is there', async () => {
    const { engine, site } = makeEngine();
    const heartbeat = vi.spyOn(site, 'heartbeat');
    let there = true;
    await engine.start(() => there);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(heartbeat).toHaveBeenCalledTimes(1);
    there = false;
    await vi.advanceTimersByTimeAsync(180_000);
    expect(heartbeat).toHaveBeenCalledTimes(1);
  });

  it('that went to others are replaced, with a word about the pair on the screen', async () => {
    const { engine, site } = makeEngine();
    await engine.start(always);
    await settle();
    site.lost = [1];
    await vi.advanceTimersByTimeAsync(61_000);
    expect(engine.state.ready[0]?.id).toBe(2);
    expect(engine.state.notices).toHaveLength(1);
  });

  it('are given back when the page goes and claimed anew when it returns', async () => {
    const { engine, site } = makeEngine();
    await engine.start(always);
    await settle();
    engine.stop();
    await settle();
    expect(site.released).toEqual(FIRST_TEN);
    expect(site.asked).toEqual([10]);
    await engine.start(always);
    await settle();
    expect(readyIds(engine.state)).toEqual(FIRST_TEN.map((id) => id + 10));
  });
});
