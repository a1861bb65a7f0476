/** One server-sent event stream with resume, and the decision when to fall back to polling. */

export type StreamState = 'connecting' | 'live' | 'polling' | 'closed';

export interface StreamMessage {
  event: string;
  id: number | null;
  data: unknown;
}

export interface StreamOptions {
  url: string;
  events: readonly string[];
  onMessage: (message: StreamMessage) => void;
  onState: (state: StreamState) => void;
  /** Failed connections in a row before polling takes over. */
  patience?: number;
  /** Milliseconds between attempts to leave polling. */
  retryMs?: number;
  open?: (url: string) => EventSource;
}

/**
 * Listens until closed. The browser resumes a broken connection with Last-Event-ID by itself; when it gives up, or
 * after `patience` failures in a row, the state becomes `polling` and a new connection is tried every `retryMs`.
 *
 * Returns: a function that closes the stream; nothing is reported after it was called.
 */
export function listenToStream(options: StreamOptions): () => void {
  const { patience = 3, retryMs = 30_000, open = (url) => new EventSource(url) } = options;
  let source: EventSource | null = null;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  let lastId: number | null = null;

  const connect = () => {
    source = open(lastId === null ? options.url : withAfter(options.url, lastId));
    source.onopen = () => {
      failures = 0;
      options.onState('live');
    };
    source.onerror = () => {
      failures += 1;
      const gaveUp = source?.readyState === 2;
      if (!gaveUp && failures < patience) {
        options.onState('connecting');
        return;
      }
      source?.close();
      options.onState('polling');
      timer = setTimeout(connect, retryMs);
    };
    for (const event of options.events) {
      source.addEventListener(event, (raw) => {
        if (closed) return;
        const message = parseMessage(event, raw as MessageEvent<string>);
        if (!message) return;
        lastId = message.id ?? lastId;
        options.onMessage(message);
      });
    }
  };

  options.onState('connecting');
  connect();
  return () => {
    closed = true;
    clearTimeout(timer);
    source?.close();
    options.onState('closed');
  };
}

/** The message of an event, or null when its data is not JSON. */
export function parseMessage(event: string, raw: { data: string; lastEventId: string }): StreamMessage | null {
  try {
    const id = Number.parseInt(raw.lastEventId, 10);
    return { event, id: Number.isNaN(id) ? null : id, data: JSON.parse(raw.data) };
  } catch {
    return null;
  }
}

function withAfter(url: string, id: number): string {
  return `${url}${url.includes('?') ? '&' : '?'}after=${id}`;
}
