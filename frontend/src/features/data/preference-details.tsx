import { Group, List, Text } from '@mantine/core';
import { CheckpointLink } from '../../components/checkpoint-link';
import { Notice } from '../../components/notice';
import type { PreferenceRow, QuestionForm } from '../../lib/api-types';
import { entryLabel } from '../../lib/form-words';
import { completionName, verdictWords } from '../../lib/verdict-words';
import classes from './data-text.module.css';
import { kindWords } from './data-words';
import { MakeGold } from './make-gold';
import { MarkedText } from './marked-text';

interface PreferenceDetailsProps {
  projectId: number;
  row: PreferenceRow;
  form: QuestionForm;
}

/** Everything that was said with a verdict, beside the prompt and the completions in stored order. */
export function PreferenceDetails({ projectId, row, form }: PreferenceDetailsProps) {
  const completions = [row.completion_a, row.completion_b, ...row.more];
  const aspects = Object.entries(row.aspects);
  return (
    <>
      {row.excluded && (
        <Notice tone="warn" title="Not trained on">
          {row.excluded}
        </Notice>
      )}
      {row.prompt.map((message, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages of a prompt never change or move
        <p key={index} className={classes.text} dir="auto">
          <span className={classes.head}>{message.role} </span>
          {message.content}
        </p>
      ))}
      {row.rationale && (
        <p className={classes.text} dir="auto">
          Rationale: {row.rationale}
        </p>
      )}
      {aspects.length > 0 && (
        <List size="sm" my="xs">
          {aspects.map(([key, aspect]) => (
            <List.Item key={key}>
              {entryLabel(form.aspects, key)}: {verdictWords(aspect)}
            </List.Item>
          ))}
        </List>
      )}
      <div className={classes.pair}>
        {completions.map((completion, position) => (
          <Side
            key={completion.id}
            projectId={projectId}
            row={row}
            form={form}
            completion={completion}
            position={position}
          />
        ))}
      </div>
      <Group justify="space-between" gap="sm" mt="xs">
        <Text size="xs" c="dimmed">
          {originWords(row)}
        </Text>
        {row.more.length === 0 && row.comparison_kind !== 'gold' && <MakeGold projectId={projectId} row={row} />}
      </Group>
    </>
  );
}

interface SideProps {
  projectId: number;
  row: PreferenceRow;
  form: QuestionForm;
  completion: PreferenceRow['completion_a'];
  position: number;
}

function Side({ projectId, row, form, completion, position }: SideProps) {
  const name = completionName(position);
  const slot = name.toLowerCase();
  const isWinner = row.winner === slot;
  const said = [
    row.ranking && `rank ${row.ranking[position]}`,
    row.ratings[slot] !== undefined && `rated ${row.ratings[slot]}`,
    ...(row.flags[slot] ?? []).map((key) => `flagged: ${entryLabel(form.flags, key)}`),
    ...(row.reasons[slot] ?? []).map((key) => reasonWords(form, key)),
  ].filter(Boolean);
  return (
    <div className={classes.side} data-winner={isWinner || undefined}>
      <div className={classes.head}>
        {name}
        {isWinner && ', preferred'}
        {completion.policy_number !== null && `, written by policy ${completion.policy_number}`}
        {completion.checkpoint && (
          <>
            , written at <CheckpointLink projectId={projectId} checkpoint={completion.checkpoint} />
          </>
        )}
      </div>
      <p className={classes.text} dir="auto">
        {completion.text ? <MarkedText text={completion.text} spans={row.spans[slot] ?? []} /> : <em>empty</em>}
      </p>
      {said.length > 0 && <Text size="sm">{said.join(' · ')}</Text>}
      {row.edits[slot] !== undefined && (
        <>
          <Text size="sm" c="dimmed" mt={6}>
            Corrected to
          </Text>
          <p className={classes.text} dir="auto">
            {row.edits[slot]}
          </p>
        </>
      )}
    </div>
  );
}

function reasonWords(form: QuestionForm, key: string): string {
  const sign = form.reasons.find((reason) => reason.key === key)?.sign;
  return `${sign === 'bad' ? '− ' : sign === 'good' ? '+ ' : ''}${entryLabel(form.reasons, key)}`;
}

function originWords(row: PreferenceRow): string {
  return [
    `Preference ${row.id}`,
    `comparison ${row.comparison_id}, ${kindWords(row.comparison_kind)}`,
    row.form_number !== null && `question form ${row.form_number}`,
    row.guidelines_number !== null && `guidelines ${row.guidelines_number}`,
    row.derived_from !== null && `a correction given with preference ${row.derived_from}`,
  ]
    .filter(Boolean)
    .join(' · ');
}
