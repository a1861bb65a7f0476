import { SegmentedControl, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type EffectSort, effectListQuery } from '../../api/model-queries';
import { type Column, DataTable } from '../../components/data-table';
import { FieldHelp } from '../../components/field-help';
import { PageSection } from '../../components/page-section';
import { PagedView } from '../../components/paged-view';
import type { PreferenceEffect } from '../../lib/api-types';
import { percentText, signedText } from '../../lib/number-text';
import { completionName, verdictWords } from '../../lib/verdict-words';
import classes from './effects-section.module.css';

/** Which preferences moved the reward model, and which it does not believe. */
export function EffectsSection({ modelId }: { modelId: number }) {
  const [sort, setSort] = useState<EffectSort>('pull');
  const query = useInfiniteQuery(effectListQuery(modelId, sort));
  return (
    <PageSection
      title="Effects of single preferences"
      description="How likely the reward model holds each verdict that it learned from, before and after."
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Order of the effects"
          data={[
            { value: 'pull', label: 'Moved most' },
            { value: 'contradicted', label: 'Believed least' },
          ]}
          value={sort}
          onChange={(value) => setSort(value === 'contradicted' ? 'contradicted' : 'pull')}
        />
      }
    >
      <PagedView query={query} what="effects" empty={<Text c="dimmed">This version keeps no effects.</Text>}>
        {(rows) => (
          <DataTable
            caption="Effects of preferences"
            columns={COLUMNS}
            rows={rows}
            rowKey={(effect) => effect.preference_id}
          />
        )}
      </PagedView>
    </PageSection>
  );
}

const COLUMNS: Column<PreferenceEffect>[] = [
  { key: 'pair', header: 'Pair', cell: (effect) => <PairTexts effect={effect} /> },
  { key: 'verdict', header: 'Verdict', cell: (effect) => verdictWords(effect) },
  { key: 'annotator', header: 'Person', cell: ({ annotator }) => annotator ?? 'imported' },
  {
    key: 'before',
    header: <Explained label="Before">By the reward model in use before; empty for the first one.</Explained>,
    numeric: true,
    cell: ({ before }) => shareText(before),
  },
  { key: 'after', header: 'After', numeric: true, cell: ({ after }) => shareText(after) },
  {
    key: 'held-out',
    header: (
      <Explained label="Held out">By a fit that never saw this prompt: a low one speaks against the verdict.</Explained>
    ),
    numeric: true,
    cell: ({ held_out: heldOut }) => shareText(heldOut),
  },
  {
    key: 'pull',
    header: <Explained label="Pull">How far the preference itself moved its own log-odds.</Explained>,
    numeric: true,
    cell: ({ pull }) => signedText(pull.toFixed(3)),
  },
];

function Explained({ label, children }: { label: string; children: string }) {
  return (
    <span style={{ whiteSpace: 'nowrap' }}>
      {label} <FieldHelp of={label}>{children}</FieldHelp>
    </span>
  );
}

function shareText(share: number | null) {
  if (share === null) return '–';
  return <span className={classes.share}>{percentText(Math.round(share * 1000) / 1000)}</span>;
}

function PairTexts({ effect }: { effect: PreferenceEffect }) {
  return (
    <details className={classes.pair}>
      <summary dir="auto">{effect.prompt.at(-1)?.content}</summary>
      {effect.completions.map(({ text }, position) => (
        <p key={completionName(position)} className={classes.text} dir="auto">
          <b>{completionName(position)}</b> {text}
        </p>
      ))}
    </details>
  );
}
