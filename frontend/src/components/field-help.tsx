import { ActionIcon, Popover, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { HelpIcon } from './icons';

interface FieldHelpProps {
  /** The field or figure that is explained. */
  of: string;
  children: ReactNode;
}

/** A question mark that opens an explanation; by click and key, since hovering does not exist on touch screens. */
export function FieldHelp({ of, children }: FieldHelpProps) {
  return (
    <Popover width={300} position="top" withArrow shadow="sm">
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`What is ${of}?`}>
          <HelpIcon />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Text component="div" size="sm">
          {children}
        </Text>
      </Popover.Dropdown>
    </Popover>
  );
}
