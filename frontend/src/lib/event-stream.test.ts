import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listenToStream, parseMessage, type StreamMessage, type StreamState } from './event-stream';

/** An EventSource whose connection the test opens, feeds and breaks. */
class PlainSource extends EventTarget {
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readyState = 0;
  constructor(readonly url: string) {
    super();
  }
  close() {
    this.readyState = 2;
  }
  say(event: string, data: unknown, id = '') {
    this.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(data), lastEventId: id }));
  }
  fail(readyState: number) {
    this.readyState = readyState;
    this.onerror?.();
  }
}

let sources: PlainSource[];
let states: StreamState[];
let messages: StreamMessage[];

function listen() {
  return listenToStream({
    url: '/api/rounds/1/stream/',
    events: ['run'],
    patience: 3,
    retryMs: 1000,
    onMessage: (message) => messages.push(message),
    onState: (state) => states.push(state),
    open: (url) => {
      const source = new PlainSource(url);
      sources.push(source);
      return source as unknown as EventSource;
    },
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  sources = [];
  states = [];
  messages = [];
});
afterEach(() => vi.useRealTimers());

describe('listenToStream', () => {
  it('passes on named events with their ids', () => {
    listen();
    sources[0]?.onopen?.();
    sources[0]?.say('run', { run_id: 7 }, '41');
    sources[0]?.say('other', {}, '42');
    expect(states).toEqual(['connecting', 'live']);
    expect(messages).toEqual([{ event: 'run', id: 41, data: { run_id: 7 } }]);
  });

  it('waits for the browser to reconnect, and polls after three failures', () => {
    listen();
    sources[0]?.fail(0);
    sources[0]?.fail(0);
    expect(states.at(-1)).toBe('connecting');
    sources[0]?.fail(0);
    expect(states.at(-1)).toBe('polling');
    expect(sources[0]?.readyState).toBe(2);
  });

  it('polls at once when the server refuses the stream, and tries again later after the last event seen', () => {
    listen();
    sources[0]?.say('run', {}, '9');
    sources[0]?.fail(2);
    expect(states.at(-1)).toBe('polling');
    vi.advanceTimersByTime(1000);
    expect(sources[1]?.url).toBe('/api/rounds/1/stream/?after=9');
    sources[1]?.onopen?.();
    expect(states.at(-1)).toBe('live');
  });

  it('is silent once closed and does not come back', () => {
    const close = listen();
    sources[0]?.fail(2);
    close();
    vi.advanceTimersByTime(5000);
    sources[0]?.say('run', {}, '1');
    expect(sources).toHaveLength(1);
    expect(messages).toEqual([]);
    expect(states.at(-1)).toBe('closed');
  });
});

describe('parseMessage', () => {
  it('drops what is not JSON', () => {
    expect(parseMessage('run', { data: '{', lastEventId: '' })).toBeNull();
  });

  it('has no id where the server gave none', () => {
    expect(parseMessage('run', { data: '1', lastEventId: '' })).toEqual({ event: 'run', id: null, data: 1 });
  });
});
