import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { useNumberParam } from '../../lib/route-params';
import { ExportSection } from './export-section';
import { ImportSection } from './import-section';

/** Preferences into the project and out of it, as files that other tools read. */
export default function DataPage() {
  const projectId = useNumberParam('id');
  return (
    <Page title="Import and export">
      <PageHeader title="Import and export" />
      <ImportSection projectId={projectId} />
      <ExportSection projectId={projectId} />
    </Page>
  );
}
