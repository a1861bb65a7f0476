import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type FormEvent, useState } from 'react';

interface OverrideButtonProps {
  loading: boolean;
  onOverride: (reason: string) => void;
}

const SHORTEST_REASON = 10;

/** Lets a round go on although a gate said no; a reason is demanded, since it is kept in the audit log. */
export function OverrideButton({ loading, onOverride }: OverrideButtonProps) {
  const [opened, { open, close }] = useDisclosure(false);
  const [reason, setReason] = useState('');
  const missing = SHORTEST_REASON - reason.trim().length;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (missing > 0) return;
    close();
    onOverride(reason.trim());
  };
  return (
    <>
      <Button variant="default" loading={loading} onClick={open}>
        Override the gate…
      </Button>
      <Modal opened={opened} onClose={close} title="Go on although the gate said no?">
        <form onSubmit={submit}>
          <Stack>
            <Text>
              The round continues with the model that did not pass. Your name and reason are kept with the round and in
              the audit log.
            </Text>
            <Textarea
              label="Reason"
              description={missing > 0 ? `At least ${SHORTEST_REASON} characters; ${missing} more` : 'Long enough'}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              autosize
              minRows={3}
              required
              data-autofocus
            />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" color="orange.8" disabled={missing > 0}>
                Override
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
