import { ChevronDownIcon } from '../../components/icons';
import { completionName } from './completion-names';
import classes from './rank-controls.module.css';
import { moved, type Places, ranksOf } from './ranking';

interface RankControlsProps {
  index: number;
  count: number;
  places: Places;
  onPlaces: (places: Places) => void;
  onPlace: (index: number) => void;
}

/** The place of one completion, and steps up and down; without dragging. */
export default function RankControls({ index, count, places, onPlaces, onPlace }: RankControlsProps) {
  const rank = ranksOf(places, count)[index] ?? null;
  const name = completionName(index, count).toLowerCase();
  const tied = rank !== null && (places[rank - 1]?.length ?? 0) > 1;
  if (rank === null) {
    return (
      <button type="button" className={classes.place} onClick={() => onPlace(index)}>
        Place next
      </button>
    );
  }
  return (
    <>
      <span className={classes.badge} data-best={rank === 1}>
        {ordinal(rank)}
        {tied && ', tied'}
      </span>
      <span className={classes.steps}>
        <button type="button" aria-label={`Move ${name} up`} onClick={() => onPlaces(moved(places, index, -1))}>
          <ChevronDownIcon className={classes.up} />
        </button>
        <button type="button" aria-label={`Move ${name} down`} onClick={() => onPlaces(moved(places, index, 1))}>
          <ChevronDownIcon />
        </button>
      </span>
    </>
  );
}

function ordinal(rank: number): string {
  return `${rank}${['st', 'nd', 'rd'][rank - 1] ?? 'th'}`;
}
