import { Button } from '@mantine/core';
import { Notice } from '../../../components/notice';
import type { Round } from '../../../lib/api-types';
import { ruleName } from './rule-words';
import { pausedTitle } from './run-words';

interface PausedRepeatsProps {
  round: Round;
  shownRunId: number | null;
  onSelectRun: (runId: number) => void;
}

/** Repeats of the round's tuning that the monitor paused; the round does not wait for them, but they wait for a person. */
export function PausedRepeats({ round, shownRunId, onSelectRun }: PausedRepeatsProps) {
  return round.repeats
    .filter(({ status }) => status === 'paused')
    .map(({ id, seed, paused_by: fired }) => (
      <Notice key={id} tone="warn" title={`The monitor paused tuning with seed ${seed} and waits for you`}>
        {fired.map(({ rule }) => ruleName(rule)).join(', ')}. What was seen, and the ways on, stand{' '}
        {id === shownRunId ? (
          `below under “${pausedTitle({ isRepeat: true, seed })}”.`
        ) : (
          <>
            with the run:{' '}
            <Button size="compact-xs" variant="default" onClick={() => onSelectRun(id)}>
              Show run {id}
            </Button>
          </>
        )}
      </Notice>
    ));
}
