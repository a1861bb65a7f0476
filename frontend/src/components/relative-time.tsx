import { useEffect, useState } from 'react';
import { relativeTime } from '../lib/relative-time-text';

interface RelativeTimeProps {
  /** ISO time; nothing is shown for null. */
  at: string | null | undefined;
}

const TICK_MS = 30_000;

/** "3 minutes ago", kept current, with the exact local time on hover. */
export function RelativeTime({ at }: RelativeTimeProps) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), TICK_MS);
    return () => window.clearInterval(timer);
  }, []);
  if (!at) return null;
  const date = new Date(at);
  return (
    <time dateTime={at} title={date.toLocaleString()} style={{ whiteSpace: 'nowrap' }}>
      {relativeTime(date, now)}
    </time>
  );
}
