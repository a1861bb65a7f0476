/** A text kept on this device; null without one, or where storage is switched off. */
export function readItem(key: string): string | null {
  try {
    return window.localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Keeps a text on this device where that is possible; what depends on it must bear its loss. */
export function writeItem(key: string, value: string): void {
  try {
    window.localStorage.setItem(key, value);
  } catch {
    // Storage may be full or switched off.
  }
}
