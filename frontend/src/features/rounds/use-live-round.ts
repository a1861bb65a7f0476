import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useReducer, useState } from 'react';
import { runCheckpointsQuery } from '../../api/checkpoint-queries';
import { roundQuery } from '../../api/round-queries';
import { listenToStream, type StreamMessage, type StreamState } from '../../lib/event-stream';
import { applyMessage, EMPTY_ROUND, type LiveRound, type RunMessage } from './live-round';

interface LiveRoundFeed {
  live: LiveRound;
  connection: StreamState;
}

const POLL_MS = 3000;
/** `end` comes when the round is final and its runs have stopped. */
const STREAM_EVENTS = ['run', 'round', 'end'];

/**
 * Follows a round while it is not final. A change of the round fetches it again with its reports, so the cache stays
 * the truth; the stream itself carries progress, metrics and log lines. Without a stream everything is polled.
 */
export function useLiveRound(roundId: number, isFollowing: boolean): LiveRoundFeed {
  const queryClient = useQueryClient();
  const [live, dispatch] = useReducer(applyMessage, EMPTY_ROUND);
  const [connection, setConnection] = useState<StreamState>('closed');

  useEffect(() => {
    if (!isFollowing) return;
    let stop = () => {};
    const onMessage = (message: StreamMessage) => {
      dispatch(message);
      if (message.event === 'run') {
        refreshCheckpoints(queryClient, message.data as RunMessage);
        return;
      }
      refresh(queryClient, roundId);
      if (message.event === 'end') stop();
    };
    const onState = (state: StreamState) => {
      setConnection(state);
      // What happened while no stream was open is in the rows.
      if (state === 'live') refresh(queryClient, roundId);
    };
    stop = listenToStream({ url: `/api/rounds/${roundId}/stream/`, events: STREAM_EVENTS, onMessage, onState });
    return () => stop();
  }, [roundId, isFollowing, queryClient]);

  useEffect(() => {
    if (connection !== 'polling') return;
    const timer = setInterval(() => refresh(queryClient, roundId), POLL_MS);
    return () => clearInterval(timer);
  }, [connection, roundId, queryClient]);

  return { live, connection };
}

/** A new checkpoint has rows of its own: what people say of it, and whether its policy was kept. */
function refreshCheckpoints(queryClient: QueryClient, { run_id: runId, type }: RunMessage) {
  if (type !== 'checkpoint' && type !== 'status') return;
  void queryClient.invalidateQueries({ queryKey: runCheckpointsQuery(runId).queryKey });
}

function refresh(queryClient: QueryClient, roundId: number) {
  void queryClient.invalidateQueries({ queryKey: roundQuery(roundId).queryKey });
  void queryClient.invalidateQueries({ queryKey: ['runs'] });
}
