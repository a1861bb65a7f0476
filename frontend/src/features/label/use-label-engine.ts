import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { randomId } from '../../lib/random-id';
import { labelApi } from './label-api';
import { LabelEngine } from './label-engine';
import type { Operation } from './label-state';
import { meQuery, withOperation } from './me-query';
import { IndexedDbOutbox } from './outbox-store';
import type { TabLockState } from './tab-lock';

const store = new IndexedDbOutbox();
/** Engines outlive their screen, so that a delivery under way is finished and undo still knows the session. */
const engines = new WeakMap<QueryClient, Map<string, LabelEngine>>();

/** The engine of this user's labeling of a project; it runs while this tab holds the lock. */
export function useLabelEngine(
  projectId: number,
  userId: number,
  lock: TabLockState,
  attentive: () => boolean,
): LabelEngine {
  const queryClient = useQueryClient();
  const engine = useMemo(() => engineOf(queryClient, projectId, userId), [queryClient, projectId, userId]);

  useEffect(() => {
    // The tab that took over has the same labeler's leases, and what is unsent on this device.
    if (lock === 'elsewhere') engine.stop({ deliver: false });
    if (lock !== 'held') return;
    void engine.start(attentive);
    return listenToPage(engine, attentive);
  }, [engine, lock, attentive]);
  useEffect(() => () => engine.stop(), [engine]);

  return engine;
}

function engineOf(queryClient: QueryClient, projectId: number, userId: number): LabelEngine {
  const known = engines.get(queryClient) ?? new Map<string, LabelEngine>();
  engines.set(queryClient, known);
  const owner = `${userId}:${projectId}`;
  const countMine = (operation: Operation) =>
    queryClient.setQueryData(meQuery(projectId).queryKey, (me) => me && withOperation(me, operation));
  const engine =
    known.get(owner) ??
    new LabelEngine({ api: labelApi(projectId), store, owner, newId: randomId, onConfirmed: countMine });
  known.set(owner, engine);
  return engine;
}

/** Tells the engine when the connection or the labeler comes back, and when the page goes. */
function listenToPage(engine: LabelEngine, attentive: () => boolean): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  window.addEventListener('online', () => engine.wake(), { signal });
  window.addEventListener('pagehide', () => engine.stop(), { signal });
  // Back from the browser's cache of pages.
  window.addEventListener('pageshow', (event) => event.persisted && void engine.start(attentive), { signal });
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && engine.wake(), {
    signal,
  });
  const warn = (event: BeforeUnloadEvent) => {
    if (!engine.durable && engine.state.outbox.length > 0) event.preventDefault();
  };
  window.addEventListener('beforeunload', warn, { signal });
  return () => listening.abort();
}
