import { Paper, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import classes from './public-frame.module.css';

interface PublicFrameProps {
  title: string;
  children: ReactNode;
}

/** The frame of the pages before the log-in. */
export function PublicFrame({ title, children }: PublicFrameProps) {
  useEffect(() => {
    document.title = `${title} · Prefloop`;
  }, [title]);
  return (
    <main className={classes.frame}>
      <div className={classes.column}>
        <p className={classes.brand}>
          <img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" width={28} height={28} />
          Prefloop
        </p>
        <Paper p="xl" radius="lg">
          <Title order={1} mb="md">
            {title}
          </Title>
          {children}
        </Paper>
      </div>
    </main>
  );
}
