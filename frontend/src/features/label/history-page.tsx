import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { projectQuery } from '../../api/project-queries';
import { ButtonLink } from '../../components/button-link';
import { EmptyState } from '../../components/empty-state';
import { HistoryIcon } from '../../components/icons';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { PagedView } from '../../components/paged-view';
import { useNumberParam } from '../../lib/route-params';
import classes from './history-page.module.css';
import { historyQuery } from './history-queries';
import { HistoryRow } from './history-row';

/** One's own verdicts, newest first; each can be looked at again and revised. */
export default function HistoryPage() {
  const projectId = useNumberParam('id');
  const history = useInfiniteQuery(historyQuery(projectId));
  const form = useQuery(projectQuery(projectId)).data?.form.form;
  const [opened, setOpened] = useState<number | null>(null);
  return (
    <Page title="My verdicts">
      <PageHeader
        title="My verdicts"
        description="A revised verdict replaces the old one from the next round on; what was trained already stays."
      />
      <PagedView
        query={history}
        what="verdicts"
        empty={
          <EmptyState
            title="No verdicts yet"
            icon={<HistoryIcon />}
            actions={
              <ButtonLink to="/projects/$id/label" params={{ id: String(projectId) }}>
                Start labeling
              </ButtonLink>
            }
          >
            What you judge appears here.
          </EmptyState>
        }
      >
        {(rows) => (
          <ul className={classes.list}>
            {rows.map((row) => (
              <HistoryRow
                key={row.preference_id}
                row={row}
                projectId={projectId}
                form={form}
                opened={opened === row.preference_id}
                onToggle={() => setOpened(opened === row.preference_id ? null : row.preference_id)}
              />
            ))}
          </ul>
        )}
      </PagedView>
    </Page>
  );
}
