import { useEffect, useState } from 'react';

/** Time spent labeling since the screen was opened, without breaks. */
export function SessionClock({ activeMs }: { activeMs: () => number }) {
  const [now, setNow] = useState(activeMs);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(activeMs()), 1000);
    return () => window.clearInterval(timer);
  }, [activeMs]);
  const seconds = Math.floor(now / 1000);
  const pad = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  return (
    <span className="tabular">
      {hours > 0 && `${hours}:`}
      {pad(Math.floor(seconds / 60) % 60)}:{pad(seconds % 60)}
    </span>
  );
}
