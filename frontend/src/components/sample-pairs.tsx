import { Text } from '@mantine/core';
import type { SamplePair } from '../lib/api-types';
import { numberText } from '../lib/number-text';
import classes from './sample-pairs.module.css';

interface SamplePairsProps {
  samples: readonly SamplePair[];
  /** Names of the two policies, such as “policy 0” and “policy 1”. */
  before: string;
  after: string;
}

/** The same prompt answered before and after tuning, side by side, with the reward of each. Text is shown as text. */
export function SamplePairs({ samples, before, after }: SamplePairsProps) {
  if (samples.length === 0) return <Text c="dimmed">The evaluation kept no samples.</Text>;
  return (
    <ol className={classes.list}>
      {samples.map((sample) => (
        <li key={sample.prompt_id} className={classes.pair}>
          <Side name={before} text={sample.before} reward={sample.reward_before} />
          <Side name={after} text={sample.after} reward={sample.reward_after} />
        </li>
      ))}
    </ol>
  );
}

function Side({ name, text, reward }: { name: string; text: string; reward: number }) {
  return (
    <div className={classes.side}>
      <div className={classes.head}>
        <span>{name}</span>
        <span>reward {numberText(reward)}</span>
      </div>
      <p className={classes.text} dir="auto">
        {text || <em>empty</em>}
      </p>
    </div>
  );
}
