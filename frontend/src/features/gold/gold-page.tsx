import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { projectQuery } from '../../api/project-queries';
import { PlusIcon } from '../../components/icons';
import { Notice } from '../../components/notice';
import { Page } from '../../components/page';
import { PageHeader } from '../../components/page-header';
import { TextLink } from '../../components/text-link';
import type { Project } from '../../lib/api-types';
import { countText, percentText } from '../../lib/number-text';
import { useNumberParam } from '../../lib/route-params';
import { GoldAdd } from './gold-add';
import { GoldList } from './gold-list';
import { GoldUpload } from './gold-upload';

/** Pairs whose right verdict is known: to warm labelers up, and to see how well they do. */
export default function GoldPage() {
  const projectId = useNumberParam('id');
  const project = useQuery(projectQuery(projectId));
  const [isAdding, { toggle }] = useDisclosure(false);
  return (
    <Page title="Known pairs">
      <PageHeader
        title="Known pairs"
        description="Pairs whose right verdict is known. They are never trained on."
        actions={
          <Button leftSection={<PlusIcon />} aria-expanded={isAdding} onClick={toggle}>
            Add known pairs
          </Button>
        }
      />
      {project.data && <Usage project={project.data} />}
      {isAdding && (
        <>
          <GoldAdd projectId={projectId} />
          <GoldUpload projectId={projectId} />
        </>
      )}
      <GoldList projectId={projectId} />
    </Page>
  );
}

/** How known pairs are used now, by the settings. */
function Usage({ project }: { project: Project }) {
  const { queue, labeling } = project.settings;
  const isUsed = queue.gold_share > 0 || labeling.warm_up_pairs > 0;
  return (
    <Notice tone={isUsed ? 'active' : 'warn'} title={isUsed ? 'How they are used' : 'Known pairs are not used yet'}>
      <Text>
        {queue.gold_share > 0
          ? `${percentText(queue.gold_share)} of a labeler’s work are known pairs, mixed in unseen. `
          : 'None are mixed into the work. '}
        {labeling.warm_up_pairs > 0
          ? `New labelers begin with ${countText(labeling.warm_up_pairs, 'known pair')} and are told after each what is right; ${percentText(labeling.warm_up_share)} must be right to go on. `
          : 'There is no warm-up. '}
        Each labeler is given a pair once at most.{' '}
        <TextLink to="/projects/$id/settings" params={{ id: String(project.id) }} underline="always" inherit>
          Change the shares
        </TextLink>
      </Text>
    </Notice>
  );
}
