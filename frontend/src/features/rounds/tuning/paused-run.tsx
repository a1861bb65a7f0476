import { Box, Group, Stack, Text } from '@mantine/core';
import { ConfirmButton } from '../../../components/confirm-button';
import { Notice } from '../../../components/notice';
import { PageSection } from '../../../components/page-section';
import { ProgressLine } from '../../../components/progress-line';
import { ReasonButton } from '../../../components/reason-button';
import type { Run } from '../../../lib/api-types';
import { countText, markText, numberText } from '../../../lib/number-text';
import { FinishButton } from './finish-button';
import type { Look } from './looks';
import { ruleName } from './rule-words';
import { pausedTitle } from './run-words';
import type { TuningAct } from './use-tuning-acts';

interface PausedRunProps {
  run: Run;
  looks: readonly Look[];
  pending: TuningAct['kind'] | null;
  onAct: (act: TuningAct) => void;
}

/** Why the monitor paused tuning, what people say meanwhile, and the three ways on. */
export function PausedRun({ run, looks, pending, onAct }: PausedRunProps) {
  return (
    <PageSection
      title={pausedTitle({ isRepeat: run.repeats !== null, seed: run.seed })}
      description="Rules of the monitor fired. Nothing is lost: the run waits until an admin decides."
      actions={
        <>
          <ConfirmButton
            title={`Cancel run ${run.id}?`}
            consequence="The run ends without a policy. Its checkpoints and what people said of them stay; pairs that nobody has judged leave the queue."
            confirmLabel="Cancel the run"
            color="red.8"
            loading={pending === 'cancel'}
            onConfirm={() => onAct({ kind: 'cancel' })}
          >
            Cancel run
          </ConfirmButton>
          <ReasonButton
            title="Go on with tuning?"
            consequence={`Tuning goes on from where it stopped. From now on these rules only warn: ${run.paused_by.map(({ rule }) => ruleName(rule).toLowerCase()).join(', ')}.`}
            confirmLabel="Go on"
            reasonLabel="Reason"
            reasonHelp="Kept with the run and in the audit log; at least 10 characters."
            least={10}
            most={2000}
            loading={pending === 'resume'}
            onConfirm={(reason) => onAct({ kind: 'resume', reason })}
          >
            Go on…
          </ReasonButton>
          <FinishButton looks={looks} loading={pending === 'finish'} onAct={onAct} />
        </>
      }
    >
      <Stack gap="sm">
        {run.paused_by.map(({ rule, explanation, value, limit }) => (
          <Notice key={rule} tone="warn" title={ruleName(rule)}>
            {explanation}
            <Text size="sm" c="dimmed" mt={4} className="tabular">
              Measured {numberText(value)} · limit {markText(limit)}
            </Text>
          </Notice>
        ))}
        <Checks looks={looks} />
      </Stack>
    </PageSection>
  );
}

/** How far people are with the samples that were queued for them. */
function Checks({ looks }: { looks: readonly Look[] }) {
  const checked = looks.flatMap(({ checkpoint }) =>
    checkpoint?.checked_at && checkpoint.queued > 0 ? [checkpoint] : [],
  );
  if (checked.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No samples wait for people’s verdicts. “Ask people” below queues those of a checkpoint.
      </Text>
    );
  }
  return (
    <Group gap="lg" align="flex-start">
      {checked.map(({ id, step, verdicts, queued }) => (
        <Box key={id} flex="1 1 18rem" maw="32rem">
          <ProgressLine
            label={`People’s verdicts on step ${step}, ${countText(queued, 'pair')} queued`}
            step={verdicts}
            of={Math.max(queued, verdicts)}
          />
        </Box>
      ))}
    </Group>
  );
}
