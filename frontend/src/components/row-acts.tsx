import { ActionIcon, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { ChevronDownIcon, ChevronUpIcon, CloseIcon } from './icons';

interface RowActsProps {
  /** What the row is called, for those who do not see where the buttons stand. */
  title: string;
  index: number;
  count: number;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}

/** Buttons that move a row of an edited list up or down, or take it away. */
export function RowActs({ title, index, count, onMove, onRemove }: RowActsProps) {
  return (
    <Group gap={2} ml="auto" wrap="nowrap">
      <Act label={`Move ${title} up`} disabled={index === 0} onClick={() => onMove(-1)}>
        <ChevronUpIcon />
      </Act>
      <Act label={`Move ${title} down`} disabled={index === count - 1} onClick={() => onMove(1)}>
        <ChevronDownIcon />
      </Act>
      <Act label={`Remove ${title}`} onClick={onRemove}>
        <CloseIcon />
      </Act>
    </Group>
  );
}

interface ActProps {
  label: string;
  disabled?: boolean;
  onClick: () => void;
  children: ReactNode;
}

function Act({ label, children, ...rest }: ActProps) {
  return (
    <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} {...rest}>
      {children}
    </ActionIcon>
  );
}
