import { Skeleton, Stack, VisuallyHidden } from '@mantine/core';

interface LoadingStateProps {
  /** What is loading, for screen readers. */
  label?: string;
  rows?: number;
}

const WIDTHS = ['62%', '94%', '88%', '74%', '90%', '58%'];

/** Grey lines in the place of text, so that nothing jumps when it arrives. */
export function LoadingState({ label = 'Loading', rows = 4 }: LoadingStateProps) {
  return (
    <Stack gap="sm" py="md" role="status" aria-busy>
      <VisuallyHidden>{label}…</VisuallyHidden>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never change
        <Skeleton key={row} height={row === 0 ? 22 : 14} width={WIDTHS[row % WIDTHS.length]} />
      ))}
    </Stack>
  );
}
