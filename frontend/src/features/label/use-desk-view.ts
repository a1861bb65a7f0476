import { useLocalStorage } from '@mantine/hooks';
import { useCallback, useMemo, useState } from 'react';

/** How the pair is shown; the choice stays on this device, the difference view ends with the visit. */
export interface DeskView {
  layout: 'columns' | 'rows';
  markdown: boolean;
  difference: boolean;
  toggleLayout: () => void;
  toggleMarkdown: () => void;
  toggleDifference: () => void;
}

export function useDeskView(): DeskView {
  const [layout, setLayout] = useLocalStorage<'columns' | 'rows'>({
    key: 'prefloop-label-layout',
    defaultValue: 'columns',
    getInitialValueInEffect: false,
  });
  const [markdown, setMarkdown] = useLocalStorage({
    key: 'prefloop-label-markdown',
    defaultValue: true,
    getInitialValueInEffect: false,
  });
  const [difference, setDifference] = useState(false);
  const toggleLayout = useCallback(() => setLayout((now) => (now === 'columns' ? 'rows' : 'columns')), [setLayout]);
  const toggleMarkdown = useCallback(() => setMarkdown((now) => !now), [setMarkdown]);
  const toggleDifference = useCallback(() => setDifference((now) => !now), []);
  return useMemo(
    () => ({ layout, markdown, difference, toggleLayout, toggleMarkdown, toggleDifference }),
    [layout, markdown, difference, toggleLayout, toggleMarkdown, toggleDifference],
  );
}
