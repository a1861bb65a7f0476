import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { api } from '../../api/client';
import { ProblemAlert } from '../../components/problem-alert';

export function PasswordForm() {
  const change = useMutation({
    mutationFn: ({ body }: { body: { old: string; new: string }; form: HTMLFormElement }) =>
      api.POST('/api/session/password/', { body }),
    onSuccess: (_data, { form }) => {
      form.reset();
      notifications.show({ message: 'The password is changed. Your other sessions have ended.' });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const values = new FormData(form);
    change.mutate({ body: { old: String(values.get('old')), new: String(values.get('new')) }, form });
  };
  return (
    <form onSubmit={submit}>
      <Stack maw={360}>
        <ProblemAlert error={change.error} title="The password was not changed" />
        <PasswordInput
          name="old"
          label="Present password"
          autoComplete="current-password"
          required
          withAsterisk={false}
        />
        <PasswordInput
          name="new"
          label="New password"
          description="At least 10 characters."
          autoComplete="new-password"
          minLength={10}
          required
          withAsterisk={false}
        />
        <Group>
          <Button type="submit" variant="default" loading={change.isPending}>
            Change the password
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
