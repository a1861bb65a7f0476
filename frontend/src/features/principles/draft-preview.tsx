import { Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { principlesPreviewQuery } from '../../api/principle-queries';
import { type Column, DataTable } from '../../components/data-table';
import { FactList } from '../../components/fact-list';
import { PageSection } from '../../components/page-section';
import { QueryView } from '../../components/query-view';
import type { Principle, PrinciplesPreview } from '../../lib/api-types';
import { modelName } from '../../lib/model-words';
import { countText, numberText, percentText, signedText } from '../../lib/number-text';
import { FlippedPairs } from './flipped-pairs';

const TYPING_MS = 400;

interface DraftPreviewProps {
  projectId: number;
  principles: readonly Principle[];
  isValid: boolean;
}

/** What the draft would change, computed from the scores that the reward model in use left; nothing is trained. */
export function DraftPreview({ projectId, principles, isValid }: DraftPreviewProps) {
  // Compared by content: the list is a new one at every keystroke.
  const [settled] = useDebouncedValue(JSON.stringify(principles), TYPING_MS);
  const preview = useQuery(principlesPreviewQuery(projectId, JSON.parse(settled) as Principle[], isValid));
  return (
    <PageSection
      title="What the draft would change"
      description="Against the version in force, on the newest pairs that the reward model in use was trained on. Nothing is trained or labeled anew."
    >
      <div aria-live="polite">
        {isValid || preview.data ? (
          <QueryView query={preview} what="preview" rows={4}>
            {(found) => <Found preview={found} />}
          </QueryView>
        ) : (
          <Text c="dimmed">Complete the principles to see what they change.</Text>
        )}
      </div>
    </PageSection>
  );
}

function Found({ preview }: { preview: PrinciplesPreview }) {
  if (preview.reason) return <Text c="dimmed">{preview.reason}</Text>;
  const { pairs, flips, conflicts, flipped, unlearned, reward_model: model } = preview;
  return (
    <Stack gap="md">
      <FactList
        facts={[
          {
            label: 'Pairs that flip',
            value: flips.toLocaleString('en'),
            note: `of ${countText(pairs, 'pair')}, ${percentText(Math.round((flips / pairs) * 1000) / 1000)}`,
          },
          {
            label: 'Conflicts in the draft',
            value: conflicts.toLocaleString('en'),
            note: 'pairs on which two of its principles disagree',
          },
          { label: 'By', value: model ? modelName('reward_model', model.number) : '–' },
        ]}
      />
      {unlearned.length > 0 && (
        <Text size="sm">
          Left aside, as the reward model does not know them: <b>{unlearned.join(', ')}</b>
        </Text>
      )}
      {flipped.length > 0 && <FlippedPairs pairs={flipped} />}
      <BestOf preview={preview} />
    </Stack>
  );
}

type Best = PrinciplesPreview['best'][number];

const COLUMNS: Column<Best>[] = [
  { key: 'key', header: 'Reward', cell: ({ key }) => key ?? 'General reward' },
  { key: 'now', header: 'In force', numeric: true, cell: ({ now }) => signed(now) },
  { key: 'draft', header: 'Draft', numeric: true, cell: ({ draft }) => signed(draft) },
  { key: 'change', header: 'Change', numeric: true, cell: ({ now, draft }) => signed(draft - now) },
];

function BestOf({ preview }: { preview: PrinciplesPreview }) {
  return (
    <div>
      <Title order={3}>Choosing the best completion of each prompt</Title>
      <Text size="sm" c="dimmed" mb="xs">
        Mean of the chosen ones over {countText(preview.prompts, 'prompt')}, in standard deviations of each reward.
      </Text>
      <DataTable
        caption="Mean rewards of the best completion of each prompt"
        columns={COLUMNS}
        rows={preview.best}
        rowKey={({ key }) => key ?? ''}
      />
    </div>
  );
}

function signed(value: number): string {
  return signedText(numberText(Math.abs(value) < 0.005 ? 0 : value));
}
