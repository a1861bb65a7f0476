import { Button, type ButtonProps, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type FormEvent, type ReactNode, useState } from 'react';

interface ReasonButtonProps extends Pick<ButtonProps, 'color' | 'variant' | 'size'> {
  children: ReactNode;
  title: string;
  /** What will happen, in full sentences. */
  consequence: ReactNode;
  confirmLabel: string;
  reasonLabel: string;
  reasonHelp?: string;
  /** Fewest characters; 0 lets it be empty. */
  least: number;
  most: number;
  loading?: boolean;
  onConfirm: (reason: string) => void;
}

/** A button for an act that is given a reason in words. */
export function ReasonButton(props: ReasonButtonProps) {
  const { children, title, consequence, confirmLabel, reasonLabel, reasonHelp, least, most, ...rest } = props;
  const { loading, onConfirm, ...button } = rest;
  const [opened, { open, close }] = useDisclosure(false);
  const [reason, setReason] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    close();
    onConfirm(reason.trim());
    setReason('');
  };
  return (
    <>
      <Button {...button} variant={button.variant ?? 'default'} loading={loading} onClick={open}>
        {children}
      </Button>
      <Modal opened={opened} onClose={close} title={title}>
        <form onSubmit={submit}>
          <Stack>
            <Text component="div">{consequence}</Text>
            <Textarea
              label={reasonLabel}
              description={reasonHelp}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              maxLength={most}
              autosize
              minRows={2}
              data-autofocus
            />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" color={button.color} disabled={reason.trim().length < least}>
                {confirmLabel}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
