import { Table, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { ChevronDownIcon, ChevronRightIcon } from '../../components/icons';
import { RelativeTime } from '../../components/relative-time';
import type { Message, PreferenceRow as Row } from '../../lib/api-types';
import { durationText } from '../../lib/duration-text';
import { verdictWords } from '../../lib/verdict-words';
import classes from './data-text.module.css';

/** One verdict; opened, it shows the prompt and both completions in stored order. */
export function PreferenceRow({ row }: { row: Row }) {
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
        </Table.Td>
        <Table.Td>{row.annotator ?? 'imported'}</Table.Td>
        <Table.Td>{policyWords(row)}</Table.Td>
        <Table.Td ta="right" className="tabular">
          {row.active_ms > 0 ? durationText(row.active_ms / 1000) : '–'}
        </Table.Td>
        <Table.Td>
          <RelativeTime at={row.created_at} />
        </Table.Td>
      </Table.Tr>
      <Table.Tr id={id} hidden={!isOpen}>
        <Table.Td colSpan={6}>{isOpen && <FullTexts row={row} />}</Table.Td>
      </Table.Tr>
    </>
  );
}

function FullTexts({ row }: { row: Row }) {
  return (
    <>
      {row.prompt.map((message, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages of a prompt never change or move
        <p key={index} className={classes.text} dir="auto">
          <span className={classes.head}>{message.role} </span>
          {message.content}
        </p>
      ))}
      {row.rationale && <p className={classes.text}>Rationale: {row.rationale}</p>}
      <div className={classes.pair}>
        <Side name="A" completion={row.completion_a} isWinner={row.winner === 'a'} />
        <Side name="B" completion={row.completion_b} isWinner={row.winner === 'b'} />
      </div>
    </>
  );
}

interface SideProps {
  name: string;
  completion: Row['completion_a'];
  isWinner: boolean;
}

function Side({ name, completion, isWinner }: SideProps) {
  return (
    <div className={classes.side} data-winner={isWinner || undefined}>
      <div className={classes.head}>
        {name}
        {isWinner && ', preferred'}
        {completion.policy_number !== null && `, written by policy ${completion.policy_number}`}
      </div>
      <p className={classes.text} dir="auto">
        {completion.text || <em>empty</em>}
      </p>
    </div>
  );
}

function lastWords(messages: readonly Message[]): string {
  return messages.at(-1)?.content ?? '';
}

function policyWords({ completion_a, completion_b }: Row): string {
  const a = completion_a.policy_number;
  const b = completion_b.policy_number;
  if (a === null && b === null) return '–';
  return a === b ? `${a}` : `${a ?? '–'} and ${b ?? '–'}`;
}
