import classes from './raw-text.module.css';

/** Text exactly as the model wrote it, with its line breaks. */
export function RawText({ text }: { text: string }) {
  return (
    <div className={classes.raw} dir="auto">
      {text}
    </div>
  );
}
