import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import type { PrinciplesPreview } from '../../lib/api-types';
import classes from './flipped-pairs.module.css';

type Pair = PrinciplesPreview['flipped'][number];
const SHOWN = 3;

/** Pairs whose better completion changes, their texts side by side. Text is shown as text. */
export function FlippedPairs({ pairs }: { pairs: readonly Pair[] }) {
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? pairs : pairs.slice(0, SHOWN);
  return (
    <>
      <ol className={classes.list}>
        {shown.map((pair) => (
          <li key={pair.preference_id} className={classes.pair}>
            <p className={classes.prompt} dir="auto">
              {pair.prompt.at(-1)?.content}
            </p>
            {(['a', 'b'] as const).map((place, index) => (
              <div key={place} className={classes.side} data-chosen={pair.draft === place}>
                <Text size="xs" c="dimmed">
                  {place.toUpperCase()}
                  {placeWords(pair, place)}
                </Text>
                <p className={classes.text} dir="auto">
                  {pair.completions[index]?.text || <em>empty</em>}
                </p>
              </div>
            ))}
          </li>
        ))}
      </ol>
      {shown.length < pairs.length && (
        <Group>
          <Button variant="default" size="xs" onClick={() => setIsWhole(true)}>
            Show {pairs.length}
          </Button>
        </Group>
      )}
    </>
  );
}

function placeWords({ now, draft, said }: Pair, place: 'a' | 'b'): string {
  const words = [
    now === place && 'better now',
    draft === place && 'better by the draft',
    said === place && 'the labeler’s choice',
  ];
  return words.filter(Boolean).length > 0 ? `: ${words.filter(Boolean).join(', ')}` : '';
}
