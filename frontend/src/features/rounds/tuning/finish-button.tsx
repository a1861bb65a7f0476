import { Button, Group, Modal, NativeSelect, Stack, Text, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type FormEvent, useState } from 'react';
import type { Checkpoint } from '../../../lib/api-types';
import { numberText, percentText } from '../../../lib/number-text';
import { inPeoplesOrder, type Look } from './looks';
import type { TuningAct } from './use-tuning-acts';

interface FinishButtonProps {
  looks: readonly Look[];
  loading: boolean;
  onAct: (act: TuningAct) => void;
}

const SHORTEST_REASON = 10;

/** Ends a paused run with the policy of a checkpoint; the one that people like best is offered first. */
export function FinishButton({ looks, loading, onAct }: FinishButtonProps) {
  const [opened, { open, close }] = useDisclosure(false);
  const [chosen, setChosen] = useState<number | null>(null);
  const [reason, setReason] = useState('');
  const choices = choicesOf(looks);
  const checkpoint = chosen ?? choices[0]?.id;
  const isReady = checkpoint !== undefined && reason.trim().length >= SHORTEST_REASON;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) return;
    close();
    onAct({ kind: 'finish', checkpoint, reason: reason.trim() });
  };
  return (
    <>
      <Button variant="filled" loading={loading} disabled={choices.length === 0} onClick={open}>
        End with a checkpoint…
      </Button>
      <Modal opened={opened} onClose={close} title="End tuning with a checkpoint?">
        <form onSubmit={submit}>
          <Stack>
            <Text>
              The run ends with the policy of this checkpoint as its result, and a round that waits for it goes on with
              it. Later steps are not done.
            </Text>
            <NativeSelect
              label="Checkpoint"
              description="Those that people judged come first, the best liked at the top."
              data={choices.map((choice) => ({ value: String(choice.id), label: choiceText(choice) }))}
              value={String(checkpoint)}
              onChange={(event) => setChosen(Number(event.currentTarget.value))}
            />
            <Textarea
              label="Reason"
              description="Kept with the run and in the audit log; at least 10 characters."
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              maxLength={2000}
              autosize
              minRows={2}
              data-autofocus
            />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" disabled={!isReady}>
                End the run
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}

/** Checkpoints whose policy can be had: those on disk, and the policy before tuning. Unjudged ones newest first. */
function choicesOf(looks: readonly Look[]): Checkpoint[] {
  const ordered = inPeoplesOrder(looks).flatMap(({ checkpoint }) => (checkpoint ? [checkpoint] : []));
  const kept = ordered.filter(({ step, has_weights: isKept }) => isKept || step === 0);
  return [...kept.filter(({ rank }) => rank !== null), ...kept.filter(({ rank }) => rank === null).reverse()];
}

function choiceText({ step, win_rate: rate, figures }: Checkpoint): string {
  const people = rate ? `people ${percentText(rate.value)}` : 'not judged';
  return step === 0
    ? 'Step 0: the policy before tuning'
    : `Step ${step}: ${people}, KL ${numberText(figures.kl.value)}`;
}
