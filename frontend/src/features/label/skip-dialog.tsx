import { Button, Chip, Group, Modal, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';

interface SkipDialogProps {
  opened: boolean;
  onClose: () => void;
  onSkip: (reason: string) => void;
}

const REASONS = ['I do not know the subject', 'The text is broken', 'The prompt makes no sense', 'It is harmful'];

export function SkipDialog({ opened, onClose, onSkip }: SkipDialogProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [note, setNote] = useState('');
  const skip = (event: FormEvent) => {
    event.preventDefault();
    onSkip([chosen, note.trim()].filter(Boolean).join(': '));
    setChosen(null);
    setNote('');
  };
  return (
    <Modal opened={opened} onClose={onClose} title="Skip this comparison">
      <form onSubmit={skip}>
        <Stack>
          <Chip.Group value={chosen} onChange={setChosen}>
            <Group gap="xs">
              {REASONS.map((reason) => (
                <Chip key={reason} value={reason} size="sm">
                  {reason}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
          <TextInput
            label="In your words"
            description="Optional"
            value={note}
            maxLength={150}
            onChange={(event) => setNote(event.currentTarget.value)}
            data-autofocus
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit">Skip</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
