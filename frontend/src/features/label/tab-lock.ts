export type TabLockState = 'waiting' | 'held' | 'elsewhere';

/**
 * Keeps labeling of one project to one tab of a browser, by a Web Lock.
 *
 * Browsers offer the lock on secure pages only; elsewhere every tab may go on: leases and client ids on the site keep
 * that harmless, only the same pair may show twice.
 */
export class TabLock {
  private release: (() => void) | null = null;
  private readonly freed = new AbortController();

  constructor(
    private readonly name: string,
    private readonly onChange: (state: TabLockState) => void,
    private readonly locks: LockManager | undefined = navigator.locks,
  ) {}

  /** Waits behind the tab that has the lock, and tells so; `steal` takes it from that tab, which then waits. */
  async acquire({ steal = false } = {}): Promise<void> {
    if (!this.locks) {
      this.onChange('held');
      return;
    }
    let options: LockOptions = steal ? { steal: true } : { ifAvailable: true };
    while (!this.freed.signal.aborted) {
      await this.hold(this.locks, options);
      if (this.freed.signal.aborted) return;
      // Not available, or taken over by another tab: wait for that tab to close.
      this.onChange('elsewhere');
      options = { signal: this.freed.signal };
    }
  }

  free(): void {
    this.freed.abort();
    this.release?.();
  }

  /** Resolves when the lock was not to be had, was given back, or was taken away. */
  private async hold(locks: LockManager, options: LockOptions): Promise<void> {
    const keep = (lock: Lock | null) => {
      if (!lock || this.freed.signal.aborted) return undefined;
      this.onChange('held');
      return new Promise<void>((resolve) => {
        this.release = resolve;
      });
    };
    // Rejected when another tab takes the lock over, and when `free` ends the waiting: both are no failure.
    await locks.request(this.name, options, keep).catch(() => undefined);
  }
}
