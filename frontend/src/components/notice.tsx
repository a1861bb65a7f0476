import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Tone } from '../lib/round-steps';
import classes from './notice.module.css';

interface NoticeProps {
  tone: Tone;
  title: string;
  children: ReactNode;
  /** `alert` for what just went wrong; screen readers say it at once. */
  role?: 'alert' | 'status';
}

/** A message that stands out by a coloured edge; its words keep the page’s contrast. */
export function Notice({ tone, title, children, role }: NoticeProps) {
  return (
    <div className={classes.notice} data-tone={tone} role={role}>
      <Text fw={600}>{title}</Text>
      <Text component="div" className={classes.body}>
        {children}
      </Text>
    </div>
  );
}
