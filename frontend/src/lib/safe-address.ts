const FOLLOWED = new Set(['http:', 'https:', 'mailto:']);

/** The address when a browser may follow it: http, https or mailto; null for scripts, data and anything unreadable. */
export function safeAddress(address: string): string | null {
  try {
    const url = new URL(address, window.location.origin);
    return FOLLOWED.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
