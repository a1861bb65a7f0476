import { PairList, type PairSide } from '../../components/pair-list';
import type { PrinciplesPreview } from '../../lib/api-types';

type Pair = PrinciplesPreview['flipped'][number];
type Place = 'a' | 'b';

const SHOWN = 3;

/** Pairs whose better completion changes, their texts side by side. */
export function FlippedPairs({ pairs }: { pairs: readonly Pair[] }) {
  const shown = pairs.map((pair) => ({
    key: pair.preference_id,
    prompt: pair.prompt.at(-1)?.content ?? '',
    sides: [sideOf(pair, 'a', 0), sideOf(pair, 'b', 1)] as const,
  }));
  return <PairList pairs={shown} first={SHOWN} />;
}

function sideOf(pair: Pair, place: Place, index: 0 | 1): PairSide {
  return {
    key: place,
    head: place.toUpperCase() + placeWords(pair, place),
    text: pair.completions[index]?.text ?? '',
    isChosen: pair.draft === place,
  };
}

function placeWords({ now, draft, said }: Pair, place: Place): string {
  const words = [
    now === place && 'better now',
    draft === place && 'better by the draft',
    said === place && 'the labeler’s choice',
  ].filter(Boolean);
  return words.length > 0 ? `: ${words.join(', ')}` : '';
}
