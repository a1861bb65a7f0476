import { Container } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';

interface PageProps {
  /** Shown in the browser's tab, before the product's name. */
  title: string;
  children: ReactNode;
  /** `narrow` for forms and text, `wide` for tables and charts, `full` for the labeling screen. */
  width?: 'narrow' | 'wide' | 'full';
}

const WIDTHS = { narrow: 720, wide: 1180, full: '100%' } as const;

/** The frame of every page: the tab's title, the measure and the space around. */
export function Page({ title, children, width = 'wide' }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Prefloop`;
  }, [title]);
  return (
    <Container size={WIDTHS[width]} w="100%" px={{ base: 'md', sm: 'lg' }} py={{ base: 'md', sm: 'lg' }}>
      {children}
    </Container>
  );
}
