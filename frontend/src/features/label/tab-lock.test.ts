import { describe, expect, it } from 'vitest';
import { TabLock, type TabLockState } from './tab-lock';

/** Web Locks in memory: one holder, a queue, stealing. */
class FakeLocks {
  private holder: { reject: (error: Error) => void } | null = null;
  private readonly queue: (() => void)[] = [];

  request = (name: string, options: LockOptions, keep: (lock: Lock | null) => unknown): Promise<unknown> => {
    if (options.steal) {
      this.holder?.reject(new DOMException('stolen', 'AbortError'));
      return this.grant(name, keep);
    }
    if (!this.holder) return this.grant(name, keep);
    if (options.ifAvailable) return Promise.resolve(keep(null));
    return new Promise((resolve) => {
      this.queue.push(() => resolve(this.grant(name, keep)));
    });
  };

  private grant(name: string, keep: (lock: Lock | null) => unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const mine = { reject };
      this.holder = mine;
      void Promise.resolve(keep({ name, mode: 'exclusive' } as Lock)).then((value) => {
        resolve(value);
        if (this.holder !== mine) return;
        this.holder = null;
        this.queue.shift()?.();
      });
    });
  }
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

function tab(locks: FakeLocks) {
  const states: TabLockState[] = [];
  const lock = new TabLock('label', (state) => states.push(state), locks as unknown as LockManager);
  return { lock, states };
}

describe('labeling in two tabs', () => {
  it('is held by the first; the second waits and follows when the first closes', async () => {
    const locks = new FakeLocks();
    const [first, second] = [tab(locks), tab(locks)];
    void first.lock.acquire();
    void second.lock.acquire();
    await turn();
    expect(first.states).toEqual(['held']);
    expect(second.states).toEqual(['elsewhere']);
    first.lock.free();
    await turn();
    expect(second.states).toEqual(['elsewhere', 'held']);
  });

  it('moves to the tab that takes over, and back when that one closes', async () => {
    const locks = new FakeLocks();
    const [first, second] = [tab(locks), tab(locks)];
    void first.lock.acquire();
    await turn();
    void second.lock.acquire({ steal: true });
    await turn();
    expect(first.states).toEqual(['held', 'elsewhere']);
    expect(second.states).toEqual(['held']);
    second.lock.free();
    await turn();
    expect(first.states.at(-1)).toBe('held');
  });

  it('goes on without a guard where the browser offers no locks', async () => {
    const states: TabLockState[] = [];
    await new TabLock('label', (state) => states.push(state), null as unknown as undefined).acquire();
    expect(states).toEqual(['held']);
  });
});
