import { ButtonLink } from '../../components/button-link';
import { FactList } from '../../components/fact-list';
import { PageHeader } from '../../components/page-header';
import { PageSection } from '../../components/page-section';
import type { Project } from '../../lib/api-types';
import { statusWords } from '../../lib/round-steps';
import { GuidelinesSection } from './guidelines-section';

/** What a labeler needs: the way to the comparisons, how far the project is, and the guidelines. */
export function LabelerOverview({ project }: { project: Project }) {
  const { counts, active_policy: policy, active_round: round } = project;
  return (
    <>
      <PageHeader
        title={project.name}
        description={project.description}
        actions={
          <>
            {project.role === 'reviewer' && (
              <ButtonLink variant="default" to="/projects/$id/review" params={{ id: String(project.id) }}>
                Review
              </ButtonLink>
            )}
            <ButtonLink to="/projects/$id/label" params={{ id: String(project.id) }}>
              Label
            </ButtonLink>
          </>
        }
      />
      <PageSection title="Where the project stands">
        <FactList
          facts={[
            { label: 'Preferences given', value: counts.preferences.toLocaleString('en') },
            { label: 'Comparisons waiting', value: counts.open_assignments.toLocaleString('en') },
            { label: 'Policy that writes', value: policy ? `version ${policy.number}` : 'none yet' },
            { label: 'Round', value: round ? `${round.number}: ${statusWords(round.status).label}` : 'collecting' },
          ]}
        />
      </PageSection>
      <GuidelinesSection project={project} />
    </>
  );
}
