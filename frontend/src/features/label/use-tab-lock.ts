import { useEffect, useState } from 'react';
import { TabLock, type TabLockState } from './tab-lock';

/** Whether this tab may label; `takeOver` takes the right from the tab that has it. */
export function useTabLock(name: string): { state: TabLockState; takeOver: () => void } {
  const [state, setState] = useState<TabLockState>('waiting');
  const [stealing, setStealing] = useState(0);
  useEffect(() => {
    const lock = new TabLock(name, setState);
    void lock.acquire({ steal: stealing > 0 });
    return () => lock.free();
  }, [name, stealing]);
  return { state, takeOver: () => setStealing((count) => count + 1) };
}
