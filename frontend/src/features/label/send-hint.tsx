import classes from './send-hint.module.css';

interface SendHintProps {
  /** What is still missing; empty when it can be sent. */
  missing: string;
  /** Said when nothing is missing. */
  ready: string;
  onSend: () => void;
}

/** What keeps the verdict from being sent, or how to send it. */
export function SendHint({ missing, ready, onSend }: SendHintProps) {
  return (
    <div className={classes.hint} data-area="hint">
      <span role="status">{missing || ready}</span>
      <button type="button" className={classes.send} aria-disabled={missing !== ''} onClick={onSend}>
        Send <kbd aria-hidden>⏎</kbd>
      </button>
    </div>
  );
}
