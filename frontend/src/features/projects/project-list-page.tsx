import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { projectListQuery } from '../../api/project-queries';
import { sessionQuery } from '../../api/session';
import { ButtonLink } from '../../components/button-link';
import { type Column, DataTable } from '../../components/data-table';
import { EmptyState } from '../../components/empty-state';
import { LoopIcon, PlusIcon } from '../../components/icons';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { PagedView } from '../../components/paged-view';
import { StatusText } from '../../components/status-text';
import { TextLink } from '../../components/text-link';
import type { ProjectRow } from '../../lib/api-types';
import { statusWords } from '../../lib/round-steps';
import classes from './project-list-page.module.css';

/** The projects one takes part in; for a site admin all of them. */
export default function ProjectListPage() {
  const query = useInfiniteQuery(projectListQuery());
  const { data: session } = useQuery(sessionQuery);
  const canCreate = session?.user?.is_site_admin ?? false;
  const create = canCreate && (
    <ButtonLink to="/projects/new" leftSection={<PlusIcon />}>
      New project
    </ButtonLink>
  );
  return (
    <Page title="Projects">
      <PageHeader title="Projects" actions={create} />
      <PagedView
        query={query}
        what="projects"
        empty={
          <EmptyState title="No project yet" icon={<LoopIcon />} actions={create}>
            {canCreate
              ? 'A project holds prompts, a base policy and the people who compare its completions.'
              : 'Open an invite link from a project’s admin to take part in it.'}
          </EmptyState>
        }
      >
        {(rows) => <DataTable caption="Projects" columns={COLUMNS} rows={rows} rowKey={(project) => project.id} />}
      </PagedView>
    </Page>
  );
}

const COLUMNS: Column<ProjectRow>[] = [
  {
    key: 'name',
    header: 'Project',
    cell: (project) => (
      <div className={classes.name}>
        <TextLink to="/projects/$id" params={{ id: String(project.id) }} fw={600}>
          {project.name}
        </TextLink>
        {project.archived && <span className={classes.note}>archived</span>}
        {project.description && <span className={classes.note}>{project.description}</span>}
      </div>
    ),
  },
  {
    key: 'label',
    header: 'Your part',
    cell: (project) => (
      <>
        {project.role} ·{' '}
        <TextLink to="/projects/$id/label" params={{ id: String(project.id) }} aria-label={`Label in ${project.name}`}>
          label
        </TextLink>
      </>
    ),
  },
  { key: 'prompts', header: 'Prompts', numeric: true, cell: ({ counts }) => counts.prompts.toLocaleString('en') },
  {
    key: 'preferences',
    header: 'Preferences',
    numeric: true,
    cell: ({ counts }) => counts.preferences.toLocaleString('en'),
  },
  { key: 'mine', header: 'Yours', numeric: true, cell: ({ counts }) => counts.mine.toLocaleString('en') },
  { key: 'open', header: 'In the queue', numeric: true, cell: ({ counts }) => counts.open.toLocaleString('en') },
  { key: 'policy', header: 'Policy', numeric: true, cell: (project) => project.active_policy_number ?? '–' },
  {
    key: 'round',
    header: 'Round',
    cell: ({ round }) => {
      if (!round) return 'collecting';
      const { label, tone } = statusWords(round.status);
      return (
        <StatusText tone={tone}>
          {round.number}: {label}
        </StatusText>
      );
    },
  },
];
