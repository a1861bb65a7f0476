import { Table, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Fragment } from 'react';
import { CheckpointLink } from '../../components/checkpoint-link';
import { ChevronDownIcon, ChevronRightIcon } from '../../components/icons';
import { RelativeTime } from '../../components/relative-time';
import type { Message, QuestionForm, PreferenceRow as Row } from '../../lib/api-types';
import { durationText } from '../../lib/duration-text';
import { verdictWords } from '../../lib/verdict-words';
import classes from './data-text.module.css';
import { PreferenceDetails } from './preference-details';

interface PreferenceRowProps {
  projectId: number;
  row: Row;
  form: QuestionForm;
}

/** One verdict; opened, it shows the texts and everything that was said. */
export function PreferenceRow({ projectId, row, form }: PreferenceRowProps) {
  const [isOpen, { toggle }] = useDisclosure(false);
  const id = `preference-${row.id}`;
  return (
    <>
      <Table.Tr>
        <Table.Td>
          <UnstyledButton onClick={toggle} aria-expanded={isOpen} aria-controls={id} className={classes.opener}>
            {isOpen ? <ChevronDownIcon /> : <ChevronRightIcon />}
            <span className={classes.clamped} dir="auto">
              {lastWords(row.prompt)}
            </span>
          </UnstyledButton>
        </Table.Td>
        <Table.Td>
          {verdictWords(row)}
          {row.superseded_at && <span className={classes.head}> superseded</span>}
          {row.excluded && <span className={classes.head}> not trained on</span>}
        </Table.Td>
        <Table.Td>{row.annotator ?? 'imported'}</Table.Td>
        <Table.Td>
          <Writers projectId={projectId} row={row} />
        </Table.Td>
        <Table.Td ta="right" className="tabular">
          {row.active_ms > 0 ? durationText(row.active_ms / 1000) : '–'}
        </Table.Td>
        <Table.Td>
          <RelativeTime at={row.created_at} />
        </Table.Td>
      </Table.Tr>
      <Table.Tr id={id} hidden={!isOpen}>
        <Table.Td colSpan={6}>
          {isOpen && (
            <div className={classes.details}>
              <PreferenceDetails projectId={projectId} row={row} form={form} />
            </div>
          )}
        </Table.Td>
      </Table.Tr>
    </>
  );
}

function lastWords(messages: readonly Message[]): string {
  return messages.at(-1)?.content ?? '';
}

/** The policies by number and the checkpoints that wrote the completions, each once. */
function Writers({ projectId, row: { completion_a, completion_b, more } }: { projectId: number; row: Row }) {
  const writers = new Map(
    [completion_a, completion_b, ...more].map(({ policy_number: number, checkpoint }) => [
      checkpoint ? `step ${checkpoint.id}` : (number ?? '–'),
      checkpoint,
    ]),
  );
  return [...writers].map(([name, checkpoint], index) => (
    <Fragment key={name}>
      {index > 0 && ' and '}
      {checkpoint ? <CheckpointLink projectId={projectId} checkpoint={checkpoint} /> : name}
    </Fragment>
  ));
}
