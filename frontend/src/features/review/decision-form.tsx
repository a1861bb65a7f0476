import { Button, Group, Kbd, Radio, Slider, Stack, Text, Textarea } from '@mantine/core';
import { type Dispatch, type RefObject, useId } from 'react';
import { Notice } from '../../components/notice';
import type { ReviewItem } from '../../lib/api-types';
import { percentText } from '../../lib/number-text';
import { type Decision, type DecisionAction, decisionProblem, OUTCOMES } from './review-decision';

interface DecisionFormProps {
  item: ReviewItem;
  decision: Decision;
  noteRef: RefObject<HTMLTextAreaElement | null>;
  isSaving: boolean;
  dispatch: Dispatch<DecisionAction>;
  onSave: () => void;
}

/** What the comparison's verdicts are taken for, with what that does to training. */
export function DecisionForm({ item, decision, noteRef, isSaving, dispatch, onSave }: DecisionFormProps) {
  const isRanking = item.more.length > 0;
  const problem = decisionProblem(decision);
  if (!item.can_settle) {
    return (
      <Notice tone="warn" title="You judged this comparison yourself">
        Another reviewer or an admin settles it.
      </Notice>
    );
  }
  return (
    <Stack gap="md">
      <Radio.Group
        label="What is it?"
        value={decision.outcome ?? ''}
        onChange={(value) => {
          const chosen = OUTCOMES.find((outcome) => outcome.value === value);
          if (chosen) dispatch({ type: 'outcome', outcome: chosen.value });
        }}
      >
        <Stack gap="xs" mt="xs">
          {OUTCOMES.map(({ value, label, effect }, index) => (
            <Radio
              key={value}
              value={value}
              disabled={isRanking && value === 'value_difference'}
              label={
                <>
                  {label} <Kbd size="xs">{index + 1}</Kbd>
                </>
              }
              description={
                isRanking && value === 'value_difference' ? 'A ranking has no single share to train on.' : effect
              }
            />
          ))}
        </Stack>
      </Radio.Group>
      {decision.outcome === 'value_difference' && (
        <ShareSlider shareA={decision.shareA} onChange={(shareA) => dispatch({ type: 'share', shareA })} />
      )}
      <Textarea
        ref={noteRef}
        label={
          <>
            Note <Kbd size="xs">n</Kbd>
          </>
        }
        description="For other reviewers and the audit log; labelers do not see it."
        value={decision.note}
        onChange={(event) => dispatch({ type: 'note', note: event.currentTarget.value })}
        maxLength={2000}
        autosize
        minRows={2}
      />
      <Group gap="sm">
        <Button onClick={onSave} loading={isSaving} disabled={problem !== null}>
          Settle{' '}
          <Kbd size="xs" ml={6}>
            Enter
          </Kbd>
        </Button>
        {problem && (
          <Text size="sm" c="dimmed">
            {problem}
          </Text>
        )}
      </Group>
    </Stack>
  );
}

function ShareSlider({ shareA, onChange }: { shareA: number; onChange: (share: number) => void }) {
  const id = useId();
  return (
    <div>
      <Text id={id} size="sm" fw={500}>
        {percentText(shareA)} of reasonable people prefer A
      </Text>
      <Text size="xs" c="dimmed">
        <Kbd size="xs">+</Kbd> more, <Kbd size="xs">-</Kbd> fewer
      </Text>
      <Slider
        mt="xs"
        mb="lg"
        min={0}
        max={1}
        step={0.05}
        value={shareA}
        onChange={onChange}
        label={percentText}
        thumbProps={{ 'aria-labelledby': id, 'aria-valuetext': `${percentText(shareA)} prefer A` }}
        marks={[
          { value: 0, label: 'B' },
          { value: 0.5, label: 'half' },
          { value: 1, label: 'A' },
        ]}
      />
    </div>
  );
}
