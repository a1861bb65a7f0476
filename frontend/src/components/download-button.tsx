import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { DownloadIcon } from './icons';

interface DownloadButtonProps {
  href: string;
  children: ReactNode;
}

/** A link to a file that the server streams. */
export function DownloadButton({ href, children }: DownloadButtonProps) {
  return (
    <Button component="a" href={href} download variant="default" leftSection={<DownloadIcon />}>
      {children}
    </Button>
  );
}
