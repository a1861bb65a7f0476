import { Text } from '@mantine/core';
import { IntervalText } from '../../components/interval-text';
import { TextLink } from '../../components/text-link';
import type { PrincipleStanding } from '../../lib/api-types';
import { countText } from '../../lib/number-text';

interface StandingTextProps {
  projectId: number;
  standing: PrincipleStanding | undefined;
  fewestLabels: number;
}

/** What stands behind a principle: labels, and how far the reward model in use obeys it; or what is missing. */
export function StandingText({ projectId, standing, fewestLabels }: StandingTextProps) {
  return (
    <Text size="sm" c="dimmed" component="div" flex="1 1 20rem">
      {standing?.aspect
        ? `Judged as “${standing.aspect}”: ${countText(standing.labels, 'verdict')}. `
        : labelsWithoutAspect(standing)}
      {!standing?.aspect && (
        <>
          <TextLink to="/projects/$id/form" params={{ id: String(projectId) }} underline="always">
            Ask for the aspect in the question form
          </TextLink>
          .{' '}
        </>
      )}
      {standing?.learned ? (
        <Obedience standing={standing} />
      ) : (
        `The reward model in use does not know it: it takes ${fewestLabels} decided verdicts and a round.`
      )}
    </Text>
  );
}

function labelsWithoutAspect(standing: PrincipleStanding | undefined): string {
  return standing && standing.labels > 0
    ? `${countText(standing.labels, 'verdict')}; the question form no longer asks for it. `
    : 'No labeler judges it. ';
}

function Obedience({ standing: { accuracy, negated_accuracy: negated } }: { standing: PrincipleStanding }) {
  if (!accuracy || !negated) return 'The reward model in use knows it.';
  return (
    <>
      The reward model in use obeys it on <IntervalText {...accuracy} /> of unseen pairs, its negation on{' '}
      <IntervalText {...negated} />.
    </>
  );
}
