import { TextLink } from '../components/text-link';
import classes from './archived-strip.module.css';

/** Says on each page of an archived project why nothing can be started there. */
export function ArchivedStrip({ id, isAdmin }: { id: number; isAdmin: boolean }) {
  return (
    <p className={classes.strip}>
      This project is archived: it can be read and exported, but nothing new is labeled or trained.{' '}
      {isAdmin && (
        <TextLink to="/projects/$id/settings" params={{ id: String(id) }}>
          Reopen it in its settings
        </TextLink>
      )}
    </p>
  );
}
