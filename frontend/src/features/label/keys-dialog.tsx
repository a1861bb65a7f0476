import { Button, Group, Kbd, Modal, SegmentedControl, Stack, Table, Text, VisuallyHidden } from '@mantine/core';
import { type KeyboardEvent, useState } from 'react';
import { type CommandId, type CommandInfo, commandsOf, type Question } from './key-commands';
import { holderOf, type KeyChoice, type KeyMap, keyMapOf, type Preset, rebound, STANDARD } from './key-map';
import { strokeCaps, strokeOf } from './key-stroke';

interface KeysDialogProps {
  question: Question;
  choice: KeyChoice;
  onChange: (choice: KeyChoice) => void;
  opened: boolean;
  onClose: () => void;
}

const PRESETS: { value: Preset; label: string }[] = [
  { value: 'standard', label: 'Both hands' },
  { value: 'left-hand', label: 'Left hand' },
  { value: 'right-hand', label: 'Right hand' },
];
const GROUPS = ['Verdict', 'Ranking', 'Details', 'Work', 'View'] as const;

/** Every command with its key; pressing a key beside a command changes it. Kept on this device. */
export function KeysDialog({ question, choice, onChange, opened, onClose }: KeysDialogProps) {
  const [changing, setChanging] = useState<CommandId | null>(null);
  const [said, setSaid] = useState('');
  const keys = keyMapOf(question, choice);
  const commands = commandsOf(question);
  const changed = choice.preset !== 'standard' || Object.keys(choice.own).length > 0;

  const take = (command: CommandInfo, event: KeyboardEvent) => {
    if (event.key === 'Tab') return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') return setChanging(null);
    const stroke = event.key === 'Enter' ? null : strokeOf(event.nativeEvent);
    if (!stroke) return;
    const holder = holderOf(stroke, keys, question);
    const key = strokeCaps(stroke).join(' ');
    onChange(rebound(choice, question, command.id, stroke));
    setSaid(
      holder && holder.id !== command.id
        ? `${key} is now “${command.meaning}”. It was “${holder.meaning}”, which ${leftWith(holder, keys, stroke)}.`
        : `${key} is now “${command.meaning}”.`,
    );
    setChanging(null);
  };

  return (
    <Modal opened={opened} onClose={onClose} title="All keys" size="lg" closeOnEscape={changing === null}>
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <SegmentedControl
            size="xs"
            aria-label="Keys for"
            data={PRESETS}
            value={choice.preset}
            onChange={(preset) => onChange({ preset: preset as Preset, own: {} })}
          />
          <Button size="xs" variant="default" disabled={!changed} onClick={() => onChange(STANDARD)}>
            Reset all keys
          </Button>
        </Group>
        <Text size="sm" c="dimmed" role="status">
          {said || 'Press a command’s key here to change it. Kept on this device. Enter or Ctrl Enter sends.'}
        </Text>
        {GROUPS.map((group) => (
          <KeyGroup
            key={group}
            name={group}
            commands={commands.filter((command) => command.group === group)}
            keys={keys}
            changing={changing}
            onChanging={setChanging}
            onPress={take}
          />
        ))}
      </Stack>
    </Modal>
  );
}

function leftWith(holder: CommandInfo, keys: KeyMap, stroke: string): string {
  const others = (keys.get(holder.id) ?? []).filter((one) => one !== stroke);
  return others.length > 0 ? `keeps ${others.map((one) => strokeCaps(one).join(' ')).join(', ')}` : 'has no key now';
}

interface KeyGroupProps {
  name: string;
  commands: CommandInfo[];
  keys: KeyMap;
  changing: CommandId | null;
  onChanging: (id: CommandId | null) => void;
  onPress: (command: CommandInfo, event: KeyboardEvent) => void;
}

function KeyGroup({ name, commands, keys, changing, onChanging, onPress }: KeyGroupProps) {
  if (commands.length === 0) return null;
  return (
    <Table verticalSpacing={3} layout="fixed">
      <Table.Caption style={{ captionSide: 'top', textAlign: 'start' }}>{name}</Table.Caption>
      <Table.Tbody>
        {commands.map((command) => (
          <Table.Tr key={command.id}>
            <Table.Th scope="row" fw={400}>
              {command.meaning}
            </Table.Th>
            <Table.Td w={150} ta="end">
              <Button
                size="compact-sm"
                variant={changing === command.id ? 'light' : 'subtle'}
                color={changing === command.id ? undefined : 'gray'}
                onClick={() => onChanging(changing === command.id ? null : command.id)}
                onBlur={() => changing === command.id && onChanging(null)}
                onKeyDown={(event) => changing === command.id && onPress(command, event)}
              >
                {changing === command.id ? 'Press a key…' : <Strokes strokes={keys.get(command.id) ?? []} />}
                <VisuallyHidden> change the key of {command.meaning}</VisuallyHidden>
              </Button>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Strokes({ strokes }: { strokes: readonly string[] }) {
  if (strokes.length === 0) return 'none';
  return strokes.map((stroke, index) => (
    <span key={stroke}>
      {index > 0 && (
        <Text span size="xs" c="dimmed" fw={400} mx={4}>
          or
        </Text>
      )}
      {strokeCaps(stroke).map((cap) => (
        <Kbd key={cap} ml={2}>
          {cap}
        </Kbd>
      ))}
    </span>
  ));
}
