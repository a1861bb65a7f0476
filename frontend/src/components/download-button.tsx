import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { DownloadIcon } from './icons';

interface DownloadButtonProps {
  href: string;
  /** What the file is called where the server does not say. */
  name?: string;
  size?: 'xs' | 'sm';
  children: ReactNode;
}

/** A link to a file that the server streams. */
export function DownloadButton({ href, name, size, children }: DownloadButtonProps) {
  return (
    <Button
      component="a"
      href={href}
      download={name ?? true}
      size={size}
      variant="default"
      leftSection={<DownloadIcon />}
    >
      {children}
    </Button>
  );
}
