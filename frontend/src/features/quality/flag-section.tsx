import { SegmentedControl, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { flagListQuery } from '../../api/quality-queries';
import { PageSection } from '../../components/page-section';
import { PagedView } from '../../components/paged-view';
import { FlagCard } from './flag-card';

/** Open suspicions about labelers, and those that were closed. */
export function FlagSection({ projectId }: { projectId: number }) {
  const [state, setState] = useState('open');
  const query = useInfiniteQuery(flagListQuery(projectId, state === 'open'));
  return (
    <PageSection
      title="Flags"
      description="Raised when a figure is out of the ordinary by more than chance. A flag is a reason to look, not a verdict."
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Which flags"
          data={[
            { value: 'open', label: 'Open' },
            { value: 'closed', label: 'Closed' },
          ]}
          value={state}
          onChange={setState}
        />
      }
    >
      <PagedView
        query={query}
        what="flags"
        empty={<Text c="dimmed">{state === 'open' ? 'Nobody is flagged.' : 'No flag was closed yet.'}</Text>}
      >
        {(rows) => rows.map((flag) => <FlagCard key={flag.id} projectId={projectId} flag={flag} isNamed />)}
      </PagedView>
    </PageSection>
  );
}
