import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { modelListQuery, modelReportQuery } from '../../api/model-queries';
import { rowsOf } from '../../api/pages';
import { DownloadButton } from '../../components/download-button';
import { PageSection } from '../../components/page-section';
import { QueryView } from '../../components/query-view';
import { RewardModelChoice } from '../../components/reward-model-choice';
import { CompareTable } from '../../components/reward-report/compare-table';
import { RewardReport } from '../../components/reward-report/reward-report';
import type { Model, ModelDetail, RewardModelReport } from '../../lib/api-types';
import { modelName } from '../../lib/model-words';
import { useChangeSearch } from '../../lib/use-change-search';

interface ReportSectionProps {
  projectId: number;
  model: ModelDetail;
}

/** A reward model's report, beside that of another version where one is chosen; the choice stands in the address. */
export function ReportSection({ projectId, model }: ReportSectionProps) {
  const report = useQuery(modelReportQuery(model.id));
  const versions = useInfiniteQuery(modelListQuery(projectId, 'reward_model'));
  const others = rowsOf(versions.data).filter(({ id, run_id: run }) => id !== model.id && run !== null);
  const { chosen, choose } = useChosenVersion();
  const other = others.find(({ id }) => id === chosen);
  return (
    <PageSection
      title="Report"
      description="Measured on preferences that it was not trained on."
      actions={
        <>
          {others.length > 0 && <RewardModelChoice others={others} chosen={other?.id ?? null} onChoose={choose} />}
          <DownloadButton
            href={`/api/models/${model.id}/report/`}
            name={`reward-model-${model.number}-report.json`}
            size="xs"
          >
            Download JSON
          </DownloadButton>
        </>
      }
    >
      <QueryView query={report} what="report" rows={8}>
        {(found) => (
          <>
            {other && <Comparison model={model} report={found} other={other} />}
            <RewardReport report={found} projectId={projectId} modelId={model.id} />
          </>
        )}
      </QueryView>
    </PageSection>
  );
}

function Comparison({ model, report, other }: { model: ModelDetail; report: RewardModelReport; other: Model }) {
  const query = useQuery(modelReportQuery(other.id));
  return (
    <QueryView query={query} what="other report" rows={4}>
      {(found) => (
        <CompareTable
          one={{ name: modelName(model.kind, model.number), report }}
          other={{ name: modelName(other.kind, other.number), report: found }}
        />
      )}
    </QueryView>
  );
}

function useChosenVersion() {
  const change = useChangeSearch();
  const { with: id }: { with?: unknown } = useSearch({ strict: false });
  const choose = (modelId: number | null) => change({ with: modelId ?? undefined });
  return { chosen: typeof id === 'number' ? id : null, choose };
}
