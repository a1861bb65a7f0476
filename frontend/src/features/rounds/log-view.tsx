import { Text } from '@mantine/core';
import type { LogLine } from '../../lib/api-types';
import classes from './log-view.module.css';

/** The run's own words, oldest first; warnings and errors are named as such. */
export function LogView({ lines }: { lines: readonly LogLine[] }) {
  if (lines.length === 0) return <Text c="dimmed">The run has written nothing yet.</Text>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={classes.log} aria-label="Log" tabIndex={0}>
      <ol className={classes.lines}>
        {lines.map((line) => (
          <li key={line.id} className={classes.line} data-level={line.level}>
            <time className={classes.time} dateTime={line.at}>
              {line.at ? new Date(line.at).toLocaleTimeString() : ''}
            </time>
            <span className={classes.message}>
              {line.level !== 'info' && <strong>{line.level}: </strong>}
              {line.message}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
