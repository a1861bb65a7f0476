import { Drawer, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { rowsOf } from '../../api/pages';
import { projectQuery } from '../../api/project-queries';
import { ErrorState } from '../../components/error-state';
import { LoadingState } from '../../components/loading-state';
import { MarkdownText } from '../../components/markdown-text';
import { RelativeTime } from '../../components/relative-time';
import classes from './guidelines-drawer.module.css';
import { guidelinesQuery } from './guidelines-queries';

interface GuidelinesDrawerProps {
  projectId: number;
  opened: boolean;
  onClose: () => void;
}

/** The guidelines in force with their examples, what changed in them, and the versions before. */
export function GuidelinesDrawer({ projectId, opened, onClose }: GuidelinesDrawerProps) {
  const project = useQuery(projectQuery(projectId));
  const guidelines = project.data?.guidelines;
  return (
    <Drawer opened={opened} onClose={onClose} position="right" size="lg" title="Guidelines">
      {guidelines ? (
        <>
          <Text size="sm" c="dimmed" mb="md">
            Version {guidelines.number}, <RelativeTime at={guidelines.created_at} />. Each verdict remembers the version
            it was given under.
          </Text>
          {guidelines.changes.trim() && (
            <section className={classes.changes} aria-label="What changed">
              <h3>What changed in version {guidelines.number}</h3>
              <MarkdownText text={guidelines.changes} links="open" />
            </section>
          )}
          {guidelines.text.trim() ? (
            <MarkdownText text={guidelines.text} links="open" />
          ) : (
            <Text>This project has no guidelines yet. Choose the completion that you would rather have received.</Text>
          )}
          {guidelines.number > 1 && <Earlier projectId={projectId} current={guidelines.number} />}
        </>
      ) : (
        <LoadingState label="Loading the guidelines" />
      )}
    </Drawer>
  );
}

function Earlier({ projectId, current }: { projectId: number; current: number }) {
  const versions = useInfiniteQuery(guidelinesQuery(projectId));
  if (versions.isError) return <ErrorState error={versions.error} title="The versions before could not be loaded" />;
  if (!versions.data) return <LoadingState label="Loading the versions before" rows={2} />;
  return (
    <section className={classes.earlier} aria-label="Versions before">
      {rowsOf(versions.data)
        .filter(({ number }) => number < current)
        .map(({ number, text, changes, created_at }) => (
          <details key={number}>
            <summary>
              Version {number}, <RelativeTime at={created_at} />
            </summary>
            {changes.trim() && <p className={classes.note}>{changes}</p>}
            <MarkdownText text={text.trim() || 'It had no text.'} links="open" />
          </details>
        ))}
      {versions.hasNextPage && (
        <button type="button" className={classes.more} onClick={() => void versions.fetchNextPage()}>
          Show older versions
        </button>
      )}
    </section>
  );
}
