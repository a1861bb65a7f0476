import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import type { SamplePair } from '../lib/api-types';
import { RewardText, type Score } from './reward-text';
import classes from './sample-pairs.module.css';

interface SamplePairsProps {
  samples: readonly SamplePair[];
  /** Prompt id → its last message, where known. */
  prompts: Readonly<Record<string, string>>;
  /** Names of the two policies, such as “Policy 0” and “Policy 1”. */
  before: string;
  after: string;
}

const SHOWN = 4;

/** The same prompt answered before and after tuning, side by side, with the reward of each. Text is shown as text. */
export function SamplePairs({ samples, prompts, before, after }: SamplePairsProps) {
  const [isWhole, setIsWhole] = useState(false);
  if (samples.length === 0) return <Text c="dimmed">The evaluation kept no samples.</Text>;
  const shown = isWhole ? samples : samples.slice(0, SHOWN);
  return (
    <>
      <ol className={classes.list}>
        {shown.map((sample) => (
          <li key={sample.prompt_id} className={classes.pair}>
            <p className={classes.prompt} dir="auto">
              {prompts[sample.prompt_id] ?? `Prompt ${sample.prompt_id}`}
            </p>
            <Side
              name={before}
              text={sample.before}
              score={{ reward: sample.reward_before, sd: sample.sd_before, ood: sample.ood_before }}
            />
            <Side
              name={after}
              text={sample.after}
              score={{ reward: sample.reward_after, sd: sample.sd_after, ood: sample.ood_after }}
            />
          </li>
        ))}
      </ol>
      {shown.length < samples.length && (
        <Button variant="default" size="xs" mt="sm" onClick={() => setIsWhole(true)}>
          Show all {samples.length}
        </Button>
      )}
    </>
  );
}

function Side({ name, text, score }: { name: string; text: string; score: Score }) {
  return (
    <div className={classes.side}>
      <div className={classes.head}>
        <span>{name}</span>
        <RewardText {...score} />
      </div>
      <p className={classes.text} dir="auto">
        {text || <em>empty</em>}
      </p>
    </div>
  );
}
