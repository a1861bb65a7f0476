import { Text } from '@mantine/core';
import { FoldedText } from '../../../components/folded-text';
import { ShowAll } from '../../../components/show-all';
import type { ComparedCheckpoint, PromptSamples } from '../../../lib/api-types';
import { numberText } from '../../../lib/number-text';
import classes from './compare-samples.module.css';
import { comparedNames } from './compared-names';

interface CompareSamplesProps {
  checkpoints: readonly ComparedCheckpoint[];
  prompts: readonly PromptSamples[];
}

const FIRST = 6;

/** Prompts with what each checkpoint answers to them, side by side. Model text is drawn without anything it could load. */
export function CompareSamples({ checkpoints, prompts }: CompareSamplesProps) {
  const names = comparedNames(checkpoints);
  if (prompts.length === 0) {
    return <Text c="dimmed">No prompt was answered by all of them: their runs looked at different panel prompts.</Text>;
  }
  return (
    <ShowAll rows={prompts} first={FIRST}>
      {(shown) => (
        <ol className={classes.list}>
          {shown.map(({ prompt_id: prompt, messages, samples }) => (
            <li key={prompt}>
              <Prompt messages={messages} />
              <div className={classes.sides} data-columns={Math.min(samples.length, 4)}>
                {samples.map(({ checkpoint_id: id, texts, reward }) => (
                  <section key={id} className={classes.side} aria-label={`${names.get(id)}, prompt ${prompt}`}>
                    <div className={classes.head}>
                      <span>{names.get(id)}</span>
                      <span>{reward === null ? 'no reward' : `reward ${numberText(reward)}`}</span>
                    </div>
                    {texts.map((text, place) => (
                      // biome-ignore lint/suspicious/noArrayIndexKey: samples of a prompt have no other name
                      <FoldedText key={place} text={text} />
                    ))}
                  </section>
                ))}
              </div>
            </li>
          ))}
        </ol>
      )}
    </ShowAll>
  );
}

/** The last message is what is answered; what was said before it is folded. */
function Prompt({ messages }: Pick<PromptSamples, 'messages'>) {
  const before = messages.slice(0, -1);
  return (
    <>
      {before.length > 0 && (
        <details className={classes.before}>
          <summary>{before.length === 1 ? 'One message' : `${before.length} messages`} before</summary>
          {before.map(({ role, content }, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: messages of a prompt never change places
            <p key={place} className={classes.prompt} dir="auto">
              <b>{role}</b> {content}
            </p>
          ))}
        </details>
      )}
      <p className={classes.prompt} dir="auto">
        {messages.at(-1)?.content}
      </p>
    </>
  );
}
