import { numberText } from '../lib/number-text';
import { StatusText } from './status-text';

export interface Score {
  reward: number;
  /** Spread of the ensemble; null of samples that were kept before it was. */
  sd: number | null;
  /** 1 is the edge of what the reward model was trained on. */
  ood: number | null;
}

/** A reward with its uncertainty, and a mark where the reward model judges what it does not know. */
export function RewardText({ reward, sd, ood }: Score) {
  return (
    <span>
      reward {numberText(reward)}
      {sd !== null && ` ± ${numberText(sd)}`}
      {ood !== null && ood > 1 && (
        <>
          {' · '}
          <StatusText tone="warn">outside what the reward model knows</StatusText>
        </>
      )}
    </span>
  );
}
