import { ScrollArea } from '@mantine/core';
import type { ReactNode } from 'react';

interface TableScrollProps {
  /** What the table shows, for screen readers. */
  label: string;
  children: ReactNode;
}

/** Lets a wide table scroll within its place; reachable by keyboard. */
export function TableScroll({ label, children }: TableScrollProps) {
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}>
      {children}
    </ScrollArea>
  );
}
