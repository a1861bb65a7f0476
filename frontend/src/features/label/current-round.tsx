import { useQuery } from '@tanstack/react-query';
import { projectQuery } from '../../api/project-queries';
import { roundQuery } from '../../api/round-queries';
import { ProgressLine } from '../../components/progress-line';
import { STEP_LABELS, statusWords } from '../../lib/round-steps';
import classes from './current-round.module.css';

const POLL_MS = 3_000;

/** What the round under way is doing; its measured progress for those who may read it. */
export function CurrentRound({ projectId }: { projectId: number }) {
  const project = useQuery({ ...projectQuery(projectId), refetchInterval: POLL_MS });
  const round = project.data?.active_round ?? null;
  const mayRead = project.data?.role === 'admin';
  const details = useQuery({
    ...roundQuery(round?.id ?? 0),
    enabled: mayRead && round !== null,
    refetchInterval: POLL_MS,
  });
  if (!round) return null;
  const step = details.data?.steps.find(({ state }) => state === 'active');
  return (
    <div className={classes.round}>
      {step?.progress ? (
        <ProgressLine
          label={`Round ${round.number}: ${STEP_LABELS[step.name]}`}
          step={step.progress.step}
          of={step.progress.of}
          etaSeconds={step.progress.eta_seconds}
        />
      ) : (
        `Round ${round.number}: ${step ? STEP_LABELS[step.name] : statusWords(round.status).label}`
      )}
    </div>
  );
}
