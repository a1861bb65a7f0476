import { Text } from '@mantine/core';
import type { SamplePair } from '../lib/api-types';
import { PairList, type PairSide } from './pair-list';
import { RewardText, type Score } from './reward-text';

interface SamplePairsProps {
  samples: readonly SamplePair[];
  /** Prompt id → its last message, where known. */
  prompts: Readonly<Record<string, string>>;
  /** Names of the two policies, such as “Policy 0” and “Policy 1”. */
  before: string;
  after: string;
}

const SHOWN = 4;

/** The same prompt answered before and after tuning, side by side, with the reward of each. */
export function SamplePairs({ samples, prompts, before, after }: SamplePairsProps) {
  if (samples.length === 0) return <Text c="dimmed">The evaluation kept no samples.</Text>;
  const pairs = samples.map((sample) => ({
    key: sample.prompt_id,
    prompt: prompts[sample.prompt_id] ?? `Prompt ${sample.prompt_id}`,
    sides: [
      sideOf('before', before, sample.before, {
        reward: sample.reward_before,
        sd: sample.sd_before,
        ood: sample.ood_before,
      }),
      sideOf('after', after, sample.after, { reward: sample.reward_after, sd: sample.sd_after, ood: sample.ood_after }),
    ] as const,
  }));
  return <PairList pairs={pairs} first={SHOWN} />;
}

function sideOf(key: string, name: string, text: string, score: Score): PairSide {
  const head = (
    <>
      <span>{name}</span>
      <RewardText {...score} />
    </>
  );
  return { key, head, text };
}
