import { NativeSelect, NumberInput, Radio, SimpleGrid, Stack, Switch } from '@mantine/core';
import { PageSection } from '../../components/page-section';
import type { AspectRow, FormDraft, ReasonRow } from './form-draft';
import { FormListField } from './form-list-field';
import { FormScaleField, StrengthsSelect } from './form-scale-field';

interface FormEditorProps {
  value: FormDraft;
  problems: Record<string, string>;
  onChange: (value: FormDraft) => void;
}

/** Everything that a question form can ask, each part with what it means for the data. */
export function FormEditor(props: FormEditorProps) {
  return (
    <>
      <PageSection title="The verdict" description="What must be answered about every comparison.">
        <VerdictFields {...props} />
      </PageSection>
      <PageSection
        title="Further questions"
        description="Asked beside the verdict. Principles are learned from aspects, and so is the reward model as far as their weight in its settings says."
      >
        <ListFields {...props} />
      </PageSection>
      <PageSection title="Words and marks">
        <WordFields {...props} />
      </PageSection>
    </>
  );
}

function VerdictFields({ value, problems, onChange }: FormEditorProps) {
  const change = (part: Partial<FormDraft>) => onChange({ ...value, ...part });
  const flag = (key: 'both_bad' | 'both_good' | 'cannot_judge' | 'skip') => ({
    checked: value[key],
    onChange: (event: { currentTarget: { checked: boolean } }) => change({ [key]: event.currentTarget.checked }),
  });
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
      <Stack gap="md">
        <Radio.Group
          label="What is shown"
          value={value.mode}
          onChange={(mode) => change({ mode: mode === 'ranking' ? 'ranking' : 'pair' })}
          error={problems.mode}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="pair" label="Two completions" description="Which one is better, and by how much." />
            <Radio
              value="ranking"
              label="A ranking"
              description="Several completions in order, trained on as their pairs or as a whole, as the settings say."
            />
          </Stack>
        </Radio.Group>
        {value.mode === 'ranking' ? (
          <NumberInput
            label="Completions in one ranking"
            description="3 to 6. The sampling must write at least as many for each prompt."
            value={value.ranked}
            onChange={(next) => change({ ranked: Number(next) })}
            error={problems.ranked}
            min={3}
            max={6}
            allowDecimal={false}
            maw={280}
          />
        ) : (
          <FormScaleField value={value} error={problems.strengths ?? problems.tie} onChange={change} />
        )}
      </Stack>
      <Stack gap="sm">
        <Switch {...flag('both_bad')} label="Both bad" description="Neither is acceptable; not a tie." />
        <Switch {...flag('both_good')} label="Both good" description="Both are acceptable; not a tie." />
        <Switch
          {...flag('cannot_judge')}
          label="Cannot judge"
          description="The labeler lacks what is needed; such verdicts are not trained on."
        />
        <Switch {...flag('skip')} label="Skip" description="Pass the comparison on, as the queue’s settings say." />
      </Stack>
    </SimpleGrid>
  );
}

const NO_ASPECT: Omit<AspectRow, 'id' | 'isPublished'> = {
  key: '',
  label: '',
  description: '',
  strengths: 1,
  tie: true,
  required: true,
};
const NO_FLAG = { key: '', label: '', description: '' };
const NO_REASON: Omit<ReasonRow, 'id' | 'isPublished'> = { ...NO_FLAG, sign: 'good' };

function ListFields({ value, problems, onChange }: FormEditorProps) {
  const change = (part: Partial<FormDraft>) => onChange({ ...value, ...part });
  return (
    <Stack gap="lg">
      <FormListField
        name="aspects"
        legend="Aspects"
        one="an aspect"
        description={
          value.mode === 'ranking'
            ? 'Aspects are asked about two completions only; a ranking shows none.'
            : 'Questions of their own about the two completions, each on its own scale, such as helpful and harmless.'
        }
        most={8}
        rows={value.aspects}
        fresh={NO_ASPECT}
        problems={problems}
        onChange={(aspects) => change({ aspects })}
      >
        {(row, set) => (
          <>
            <StrengthsSelect label="Steps a side" value={row.strengths} onChange={(strengths) => set({ strengths })} />
            <Stack gap={4} pb={2}>
              <Switch
                size="xs"
                label="Midpoint"
                checked={row.tie}
                onChange={(event) => set({ tie: event.currentTarget.checked })}
              />
              <Switch
                size="xs"
                label="Required"
                checked={row.required}
                onChange={(event) => set({ required: event.currentTarget.checked })}
              />
            </Stack>
          </>
        )}
      </FormListField>
      <FormListField
        name="flags"
        legend="Safety flags"
        one="a flag"
        description="Categories that a single completion can be flagged with, whichever one is preferred."
        most={12}
        rows={value.flags}
        fresh={NO_FLAG}
        problems={problems}
        onChange={(flags) => change({ flags })}
      />
      <FormListField
        name="reasons"
        legend="Reasons"
        one="a reason"
        description="Short reasons to tick for a single completion."
        most={16}
        rows={value.reasons}
        fresh={NO_REASON}
        problems={problems}
        onChange={(reasons) => change({ reasons })}
      >
        {(row, set) => (
          <NativeSelect
            label="Speaks"
            data={[
              { value: 'good', label: 'for it' },
              { value: 'bad', label: 'against it' },
            ]}
            value={row.sign}
            onChange={(event) => set({ sign: event.currentTarget.value === 'bad' ? 'bad' : 'good' })}
            w={130}
          />
        )}
      </FormListField>
    </Stack>
  );
}

const RATINGS = [
  { value: '0', label: 'none' },
  ...Array.from({ length: 9 }, (_, index) => ({ value: String(index + 2), label: `1 to ${index + 2}` })),
];

function WordFields({ value, problems, onChange }: FormEditorProps) {
  const change = (part: Partial<FormDraft>) => onChange({ ...value, ...part });
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
      <NativeSelect
        label="Rating of each completion"
        description="Points for each completion by itself."
        data={RATINGS}
        value={String(value.rating)}
        onChange={(event) => change({ rating: Number(event.currentTarget.value) })}
        error={problems.rating}
      />
      <NativeSelect
        label="Rationale"
        description="A free text beside the verdict."
        data={[
          { value: 'off', label: 'not asked for' },
          { value: 'optional', label: 'optional' },
          { value: 'required', label: 'required' },
        ]}
        value={value.rationale}
        onChange={(event) => change({ rationale: event.currentTarget.value as FormDraft['rationale'] })}
        error={problems.rationale}
      />
      {value.rationale !== 'off' && (
        <NumberInput
          label="Fewest characters of a rationale"
          description="Holds for every rationale that is given; 0 sets no limit."
          value={value.rationale_min}
          onChange={(next) => change({ rationale_min: Number(next) })}
          error={problems.rationale_min}
          min={0}
          max={2000}
          allowDecimal={false}
        />
      )}
      <Stack gap="sm">
        <Switch
          label="Highlights"
          description="Passages can be marked as good or bad, with a reason."
          checked={value.highlights}
          onChange={(event) => change({ highlights: event.currentTarget.checked })}
        />
        <Switch
          label="Corrected completions"
          description="A labeler can rewrite a completion; the correction counts as preferred to it and is trained on."
          checked={value.edit}
          onChange={(event) => change({ edit: event.currentTarget.checked })}
        />
      </Stack>
    </SimpleGrid>
  );
}
