import { Problem } from '../../api/problem';
import { backoffMs } from '../../lib/backoff';
import type { LabelApi } from './label-api';
import { type LabelEvent, reduce } from './label-reducer';
import { claimCount, heldIds, nextToSend } from './label-selectors';
import { type Answer, type Draft, type Feedback, initialState, type LabelState, type Operation } from './label-state';
import type { OutboxStore } from './outbox-store';
import { sendFailure } from './send-failure';

interface EngineOptions {
  api: LabelApi;
  store: OutboxStore;
  /** Whose outbox this is: user and project. */
  owner: string;
  newId: () => string;
  /** Called when the site has confirmed an operation. */
  onConfirmed?: (operation: Operation) => void;
}

const LOOK_AGAIN_MS = 10_000;
const LONGEST_HEARTBEAT_MS = 60_000;
const SHORTEST_HEARTBEAT_MS = 5_000;
const LEASE_LOST =
  'That comparison was open for too long and went to somebody else, or was withdrawn. Nothing you answered is lost; here is the next one.';

/** Does what the state asks for: claims, deliveries, leases, storage. React only reads `state` and calls the verbs. */
export class LabelEngine {
  state: LabelState = initialState;
  /** False when answers cannot be stored on this device and would be lost with the page. */
  durable = true;
  private readonly listeners = new Set<() => void>();
  private readonly timers = new Map<'claim' | 'send' | 'heartbeat', number>();
  private heartbeatMs = LONGEST_HEARTBEAT_MS;
  private sendTries = 0;
  private claimTries = 0;
  private attentive: () => boolean = () => true;
  private running = false;
  private loaded = false;
  /** Deliveries go on after the screen was left, until the outbox is empty or fails. */
  private delivering = true;
  private saving: Promise<void> = Promise.resolve();

  constructor(private readonly options: EngineOptions) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  getState = (): LabelState => this.state;

  /** `attentive`: false while nobody seems to sit at the page; leases are then left to expire. */
  async start(attentive: () => boolean): Promise<void> {
    this.attentive = attentive;
    this.running = true;
    this.delivering = true;
    this.scheduleHeartbeat();
    if (this.loaded) {
      this.wake();
      return;
    }
    this.loaded = true;
    const operations = await this.options.store.load(this.options.owner).catch(() => {
      this.durable = false;
      return [];
    });
    // Any of them may have reached the site before the page went away.
    this.dispatch({ type: 'restored', operations: operations.map((operation) => ({ ...operation, tried: true })) });
  }

  /** Gives the leases back and goes on delivering; `deliver: false` leaves leases and deliveries to another tab. */
  stop({ deliver = true } = {}): void {
    this.running = false;
    this.delivering = deliver;
    for (const timer of this.timers.values()) window.clearTimeout(timer);
    this.timers.clear();
    if (deliver) {
      this.releaseLeases();
    } else {
      // What another tab now owns is read again should this one ever take over.
      this.loaded = false;
      this.state = initialState;
    }
  }

  answer(answer: Answer, activeMs: number): void {
    this.dispatch({ type: 'answered', answer, operationId: this.options.newId(), activeMs });
  }

  undo(): void {
    this.dispatch({ type: 'undone', operationId: this.options.newId() });
  }

  /** What is filled in for the pair on the screen; it is sent with its verdict. */
  draft(pairId: number, draft: Draft): void {
    this.dispatch({ type: 'drafted', pairId, draft });
  }

  readLesson(): void {
    this.dispatch({ type: 'lessonRead' });
  }

  notice(id: string, text: string): void {
    this.dispatch({ type: 'noticed', id, text });
  }

  readNotice(id: string): void {
    this.dispatch({ type: 'noticeRead', id });
  }

  /** The connection, the labeler or their session is back: try everything at once. */
  wake(): void {
    if (!this.running) return;
    this.dispatch({ type: 'sendDue' });
    this.dispatch({ type: 'claimDue' });
    void this.heartbeat();
  }

  private releaseLeases(): void {
    this.options.api.release(heldIds(this.state));
    this.dispatch({ type: 'released' });
  }

  private dispatch(event: LabelEvent): void {
    const before = this.state;
    this.state = reduce(before, event);
    if (this.state === before) return;
    if (this.state.outbox !== before.outbox && event.type !== 'restored') this.save();
    for (const listener of this.listeners) listener();
    this.act();
  }

  private act(): void {
    const operation = this.delivering ? nextToSend(this.state) : null;
    if (operation) void this.send(operation);
    const count = this.running ? claimCount(this.state) : 0;
    if (count > 0) void this.claim(count);
  }

  private async claim(count: number): Promise<void> {
    this.dispatch({ type: 'claimStarted' });
    try {
      const { leaseMs, ...claimed } = await this.options.api.claim(count);
      this.claimTries = 0;
      if (claimed.pairs.length > 0) this.adoptLease(leaseMs);
      this.dispatch({ type: 'claimed', ...claimed });
    } catch (error) {
      this.dispatch({ type: 'claimFailed', problem: asProblem(error) });
      this.schedule('claim', backoffMs(this.claimTries++), () => this.dispatch({ type: 'claimDue' }));
      return;
    }
    if (!this.running) {
      if (this.delivering) this.releaseLeases();
      else this.state = initialState;
    } else if (this.state.exhausted) {
      this.schedule('claim', LOOK_AGAIN_MS, () => this.dispatch({ type: 'claimDue' }));
    }
  }

  private async send(operation: Operation): Promise<void> {
    this.dispatch({ type: 'sendStarted', operationId: operation.id });
    try {
      const { pair, feedback } = await this.options.api.send(operation);
      if (pair) this.dispatch({ type: 'leasedAgain', pairId: operation.pairId, pair });
      this.confirm(operation, feedback);
    } catch (error) {
      this.sendFailed(operation, asProblem(error));
    }
  }

  private confirm(operation: Operation, feedback: Feedback | null = null): void {
    this.sendTries = 0;
    this.options.onConfirmed?.(operation);
    this.dispatch({ type: 'sent', operationId: operation.id, feedback });
  }

  private sendFailed(operation: Operation, problem: Problem): void {
    const failure = sendFailure(operation, problem);
    if (failure.outcome === 'already-done') {
      this.confirm(operation);
    } else if (failure.outcome === 'refused') {
      this.sendTries = 0;
      this.dispatch({ type: 'refused', operationId: operation.id, text: failure.text });
    } else {
      const blocked = failure.outcome === 'blocked';
      this.dispatch({ type: 'sendPostponed', operationId: operation.id, problem, blocked });
      if (!blocked) this.schedule('send', backoffMs(this.sendTries++), () => this.dispatch({ type: 'sendDue' }));
    }
  }

  private adoptLease(leaseMs: number): void {
    const third = leaseMs / 3;
    const heartbeatMs = Math.min(LONGEST_HEARTBEAT_MS, Math.max(SHORTEST_HEARTBEAT_MS, third));
    if (heartbeatMs >= this.heartbeatMs) return;
    this.heartbeatMs = heartbeatMs;
    this.scheduleHeartbeat();
  }

  private scheduleHeartbeat(): void {
    this.schedule('heartbeat', this.heartbeatMs, () => {
      this.scheduleHeartbeat();
      if (this.attentive()) void this.heartbeat();
    });
  }

  private async heartbeat(): Promise<void> {
    const held = heldIds(this.state);
    if (held.length === 0) return;
    // A failed heartbeat costs nothing: the next one, or the verdict itself, tells whether the lease still holds.
    const lost = await this.options.api.heartbeat(held).catch(() => []);
    if (lost.length > 0) this.dispatch({ type: 'leasesLost', pairIds: lost, text: LEASE_LOST });
  }

  /** Writes the newest outbox after the write under way, never an older one after it. */
  private save(): void {
    if (!this.delivering) return;
    const write = () => this.options.store.save(this.options.owner, this.state.outbox);
    this.saving = this.saving.then(write).catch(() => {
      this.durable = false;
    });
  }

  private schedule(name: 'claim' | 'send' | 'heartbeat', delayMs: number, act: () => void): void {
    window.clearTimeout(this.timers.get(name));
    if (this.running) this.timers.set(name, window.setTimeout(act, delayMs));
  }
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, 'network/unreachable', error instanceof Error ? error.message : 'The request failed.');
}
