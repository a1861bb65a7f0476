import classes from './send-hint.module.css';

interface SendHintProps {
  /** What is still missing; empty when it can be sent. */
  missing: string;
  onSend: () => void;
}

/** What keeps the verdict from being sent, or how to send it. */
export function SendHint({ missing, onSend }: SendHintProps) {
  return (
    <div className={classes.hint} data-area="hint">
      <span role="status">{missing || 'Ready.'}</span>
      <button type="button" className={classes.send} aria-disabled={missing !== ''} onClick={onSend}>
        Send <kbd aria-hidden>⏎</kbd>
      </button>
    </div>
  );
}
