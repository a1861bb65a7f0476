import { type ComponentType, lazy } from 'react';

const TRY_AGAIN_MS = 5_000;

/** A component loaded on demand, which waits out a lost connection instead of failing the page. */
// biome-ignore lint/suspicious/noExplicitAny: React's own bound for components of any properties
export function lazyPart<Part extends ComponentType<any>>(load: () => Promise<{ default: Part }>) {
  return lazy(() => untilLoaded(load));
}

async function untilLoaded<Loaded>(load: () => Promise<Loaded>): Promise<Loaded> {
  for (;;) {
    try {
      return await load();
    } catch {
      await connection();
    }
  }
}

/** Resolves when the connection is back, or when it is time to look again. */
function connection(): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      window.clearTimeout(timer);
      window.removeEventListener('online', done);
      resolve();
    };
    const timer = window.setTimeout(done, TRY_AGAIN_MS);
    window.addEventListener('online', done);
  });
}
