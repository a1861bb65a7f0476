import { act } from '@testing-library/react';

/** An event stream that the test speaks, in place of the browser's. */
export class SpokenStream extends EventTarget {
  static last: SpokenStream | null = null;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readyState = 0;
  constructor(readonly url: string) {
    super();
    SpokenStream.last = this;
  }
  close() {
    this.readyState = 2;
  }
  say(event: string, data: unknown, id = '') {
    act(() => {
      this.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(data), lastEventId: id }));
    });
  }
}
