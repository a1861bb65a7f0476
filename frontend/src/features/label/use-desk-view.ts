import { useLocalStorage } from '@mantine/hooks';
import { useCallback, useMemo, useState } from 'react';

export type Layout = 'columns' | 'rows' | 'single';

const NEXT_LAYOUT: Record<Layout, Layout> = { columns: 'rows', rows: 'single', single: 'columns' };

/** How the pair is shown; the choice stays on this device, the difference view ends with the visit. */
export interface DeskView {
  layout: Layout;
  markdown: boolean;
  difference: boolean;
  /** Columns are as high as the window and scroll in step. */
  together: boolean;
  /** The completion on the screen when one at a time is shown. */
  shown: number;
  toggleLayout: () => void;
  toggleMarkdown: () => void;
  toggleDifference: () => void;
  toggleTogether: () => void;
  show: (index: number) => void;
}

export function useDeskView(): DeskView {
  const [layout, setLayout] = useLocalStorage<Layout>({
    key: 'prefloop-label-layout',
    defaultValue: 'columns',
    getInitialValueInEffect: false,
  });
  const [markdown, setMarkdown] = useLocalStorage({
    key: 'prefloop-label-markdown',
    defaultValue: true,
    getInitialValueInEffect: false,
  });
  const [together, setTogether] = useLocalStorage({
    key: 'prefloop-label-together',
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const [difference, setDifference] = useState(false);
  const [shown, setShown] = useState(0);
  const toggleLayout = useCallback(() => setLayout((now) => NEXT_LAYOUT[now] ?? 'columns'), [setLayout]);
  const toggleMarkdown = useCallback(() => setMarkdown((now) => !now), [setMarkdown]);
  const toggleTogether = useCallback(() => setTogether((now) => !now), [setTogether]);
  const toggleDifference = useCallback(() => setDifference((now) => !now), []);
  return useMemo(
    () => ({
      layout,
      markdown,
      difference,
      together,
      shown,
      toggleLayout,
      toggleMarkdown,
      toggleDifference,
      toggleTogether,
      show: setShown,
    }),
    [layout, markdown, difference, together, shown, toggleLayout, toggleMarkdown, toggleDifference, toggleTogether],
  );
}
