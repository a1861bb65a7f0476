import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { answer, api } from '../../api/client';
import { sessionQuery } from '../../api/session';
import { ProblemAlert } from '../../components/problem-alert';
import { nextAddress } from '../../lib/next-address';
import { PublicFrame } from './public-frame';
import { useCsrfCookie } from './use-csrf-cookie';

export default function LoginPage() {
  const { next } = useSearch({ strict: false });
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  useCsrfCookie();
  const logIn = useMutation({
    mutationFn: (body: { username: string; password: string }) => answer(api.POST('/api/session/', { body })),
    onSuccess: async (session) => {
      // Whatever was cached belongs to nobody or to somebody else.
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, session);
      await navigate({ href: nextAddress(next) });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    logIn.mutate({ username: String(fields.get('username')), password: String(fields.get('password')) });
  };
  return (
    <PublicFrame title="Log in">
      <form onSubmit={submit}>
        <Stack>
          <ProblemAlert error={logIn.error} title="You could not be logged in" />
          <TextInput name="username" label="Username" autoComplete="username" required withAsterisk={false} autoFocus />
          <PasswordInput
            name="password"
            label="Password"
            autoComplete="current-password"
            required
            withAsterisk={false}
          />
          <Button type="submit" loading={logIn.isPending}>
            Log in
          </Button>
        </Stack>
      </form>
    </PublicFrame>
  );
}
