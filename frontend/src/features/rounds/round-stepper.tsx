import classes from './round-stepper.module.css';
import type { StepView } from './step-view';

interface RoundStepperProps {
  steps: readonly StepView[];
  selectedRunId: number | null;
  onSelectRun: (runId: number) => void;
}

/** The round's steps in order with their state; a step that has a run can be chosen to see its curves and log. */
export function RoundStepper({ steps, selectedRunId, onSelectRun }: RoundStepperProps) {
  return (
    <ol className={classes.steps} aria-label="Steps of this round">
      {steps.map((step) => (
        <li
          key={step.name}
          className={classes.step}
          data-state={step.state}
          aria-current={step.state === 'active' || step.state === 'held' ? 'step' : undefined}
        >
          <span className={classes.mark} aria-hidden>
            {MARKS[step.state]}
          </span>
          {step.runId === null ? (
            <span className={classes.label}>{step.label}</span>
          ) : (
            <button
              type="button"
              className={classes.label}
              aria-pressed={step.runId === selectedRunId}
              onClick={() => step.runId !== null && onSelectRun(step.runId)}
            >
              {step.label}
            </button>
          )}
          <span className={classes.note}>{step.note}</span>
        </li>
      ))}
    </ol>
  );
}

const MARKS: Record<StepView['state'], string> = {
  pending: '○',
  active: '◐',
  done: '✓',
  failed: '✕',
  skipped: '–',
  cancelled: '✕',
  held: '!',
};
