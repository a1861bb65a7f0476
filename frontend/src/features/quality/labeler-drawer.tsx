import { CloseButton, Drawer, Group, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { rowsOf } from '../../api/pages';
import { flagListQuery } from '../../api/quality-queries';
import { ButtonLink } from '../../components/button-link';
import { FieldHelp } from '../../components/field-help';
import { IntervalBar } from '../../components/interval-bar';
import { IntervalText } from '../../components/interval-text';
import { PauseMember } from '../../components/pause-member';
import { RelativeTime } from '../../components/relative-time';
import type { LabelerQuality } from '../../lib/api-types';
import { durationText } from '../../lib/duration-text';
import { countText } from '../../lib/number-text';
import { FlagCard } from './flag-card';
import classes from './labeler-drawer.module.css';
import { type Measure, measuresOf } from './quality-words';

interface LabelerDrawerProps {
  projectId: number;
  /** Null keeps it closed. */
  labeler: LabelerQuality | null;
  onClose: () => void;
}

/** Everything measured of one labeler, the evidence of open flags, and what can be done about it. */
export function LabelerDrawer({ projectId, labeler, onClose }: LabelerDrawerProps) {
  return (
    // Without Mantine's own header: a dialog over it brings one too, and a page has one banner at most.
    <Drawer.Root opened={labeler !== null} onClose={onClose} position="right" size="lg">
      <Drawer.Overlay />
      <Drawer.Content aria-label={labeler?.username}>
        <Drawer.Body pt="md">
          {labeler && (
            <>
              <Group justify="space-between" wrap="nowrap" mb="md">
                <Title order={2}>{labeler.username}</Title>
                <CloseButton aria-label="Close" onClick={onClose} />
              </Group>
              <LabelerDetail projectId={projectId} labeler={labeler} />
            </>
          )}
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}

function LabelerDetail({ projectId, labeler }: { projectId: number; labeler: LabelerQuality }) {
  const flags = useInfiniteQuery(flagListQuery(projectId, true));
  const mine = rowsOf(flags.data).filter(({ user_id: id }) => id === labeler.user_id);
  const { username, user_id: userId, median_seconds: seconds } = labeler;
  return (
    <Stack gap="md">
      <Text>
        {countText(labeler.verdicts, 'verdict')}
        {seconds !== null && `, half of them within ${secondsText(seconds)}`}, at most {labeler.longest_run} in a row
        for the same side.
        {labeler.paused_at && (
          <>
            {' '}
            Paused <RelativeTime at={labeler.paused_at} />.
          </>
        )}
      </Text>
      <Group gap="xs">
        <PauseMember projectId={projectId} userId={userId} username={username} pausedAt={labeler.paused_at} />
        <ButtonLink
          size="compact-xs"
          variant="default"
          to="/projects/$id/exclusions"
          params={{ id: String(projectId) }}
          search={{ labeler: userId } as never}
        >
          Exclude their verdicts
        </ButtonLink>
        <ButtonLink
          size="compact-xs"
          variant="default"
          to="/projects/$id/preferences"
          params={{ id: String(projectId) }}
          search={{ annotator: username } as never}
        >
          See their verdicts
        </ButtonLink>
      </Group>
      {mine.map((flag) => (
        <FlagCard key={flag.id} projectId={projectId} flag={flag} />
      ))}
      <dl className={classes.measures}>
        {measuresOf(labeler).map((measure) => (
          <MeasureRow key={measure.key} measure={measure} />
        ))}
      </dl>
    </Stack>
  );
}

function secondsText(seconds: number): string {
  return seconds < 10 ? `${seconds.toFixed(1)} s` : durationText(seconds);
}

function MeasureRow({ measure }: { measure: Measure }) {
  const { label, help, interval, as, normal, scale, needs } = measure;
  return (
    <div className={classes.measure}>
      <dt>
        {label} <FieldHelp of={label}>{help}</FieldHelp>
      </dt>
      <dd className={classes.value}>
        {interval ? (
          <>
            <IntervalText {...interval} as={as} />
            <IntervalBar interval={interval} scale={scale} normal={normal} />
          </>
        ) : (
          <Text span size="sm" c="dimmed">
            needs {needs}
          </Text>
        )}
      </dd>
    </div>
  );
}
