import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { CheckIcon, CopyIcon } from './icons';

interface CopyButtonProps {
  value: string;
  label?: string;
}

export function CopyButton({ value, label = 'Copy' }: CopyButtonProps) {
  const clipboard = useClipboard({ timeout: 2000 });
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={clipboard.copied ? <CheckIcon /> : <CopyIcon />}
      onClick={() => clipboard.copy(value)}
      aria-live="polite"
    >
      {clipboard.copied ? 'Copied' : label}
    </Button>
  );
}
