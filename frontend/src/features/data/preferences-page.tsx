import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { preferenceListQuery } from '../../api/data-queries';
import { projectQuery } from '../../api/project-queries';
import { ButtonLink } from '../../components/button-link';
import { EmptyState } from '../../components/empty-state';
import { CheckCircleIcon } from '../../components/icons';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { PagedView } from '../../components/paged-view';
import { QueryView } from '../../components/query-view';
import { useNumberParam } from '../../lib/route-params';
import { PreferenceFilterBar } from './preference-filter-bar';
import { filtersFromSearch } from './preference-filters';
import { PreferenceTable } from './preference-table';

/** Every verdict that was given, filtered by the address’s search. */
export default function PreferencesPage() {
  const projectId = useNumberParam('id');
  const navigate = useNavigate();
  const filters = filtersFromSearch(useSearch({ strict: false }));
  const query = useInfiniteQuery(preferenceListQuery(projectId, filters));
  const project = useQuery(projectQuery(projectId));
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <Page title="Preferences">
      <PageHeader
        title="Preferences"
        description="Newest first. A preference is never edited: undo and revision supersede it."
      />
      <PreferenceFilterBar
        projectId={projectId}
        filters={filters}
        onChange={(next) =>
          void navigate({
            to: '/projects/$id/preferences',
            params: { id: String(projectId) },
            search: next as never,
            replace: true,
          })
        }
      />
      <PagedView
        query={query}
        what="preferences"
        empty={
          <EmptyState
            title={isFiltered ? 'No preference fits the filter' : 'No preference yet'}
            icon={<CheckCircleIcon />}
            actions={
              !isFiltered && (
                <ButtonLink to="/projects/$id/label" params={{ id: String(projectId) }}>
                  Label
                </ButtonLink>
              )
            }
          >
            {isFiltered ? 'Choose another person or kind.' : 'Compare the first pair, or import preferences.'}
          </EmptyState>
        }
      >
        {(rows) => (
          <QueryView query={project} what="question form">
            {({ form }) => <PreferenceTable projectId={projectId} rows={rows} form={form.form} />}
          </QueryView>
        )}
      </PagedView>
    </Page>
  );
}
