import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { answer, api } from '../../api/client';
import { Problem } from '../../api/problem';
import { ErrorState } from '../../components/error-state';
import { LoadingState } from '../../components/loading-state';
import { ProblemAlert } from '../../components/problem-alert';
import { RelativeTime } from '../../components/relative-time';
import { PublicFrame } from './public-frame';
import { useCsrfCookie } from './use-csrf-cookie';

/** What an invitation link opens: an account is made here, or who is logged in joins with theirs. */
export default function JoinPage() {
  const { secret = '' } = useParams({ strict: false });
  const path = { secret };
  const session = useCsrfCookie();
  const invite = useQuery({
    queryKey: ['invites', secret],
    queryFn: ({ signal }) => answer(api.GET('/api/invites/{secret}/', { params: { path }, signal })),
  });
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const join = useMutation({
    mutationFn: (body: { username: string; password: string }) =>
      answer(api.POST('/api/invites/{secret}/accept/', { params: { path }, body })),
    onSuccess: async ({ project_id }) => {
      queryClient.clear();
      await navigate({ to: '/projects/$id', params: { id: String(project_id) } });
    },
  });
  if (invite.isPending || session.isPending) {
    return (
      <PublicFrame title="Invitation">
        <LoadingState label="Reading the invitation" />
      </PublicFrame>
    );
  }
  if (invite.isError) {
    return (
      <PublicFrame title="Invitation">
        {invite.error instanceof Problem && invite.error.status === 404 ? (
          <Text>This link belongs to no invitation. Check that it was copied as a whole.</Text>
        ) : (
          <ErrorState error={invite.error} onRetry={() => void invite.refetch()} />
        )}
      </PublicFrame>
    );
  }
  const { project_name, role, expires_at, valid, reason } = invite.data;
  if (!valid) {
    return (
      <PublicFrame title="Invitation">
        <Text>{reason ?? 'This invitation cannot be used any more.'} Ask whoever sent it for a new one.</Text>
      </PublicFrame>
    );
  }
  const user = session.data?.user;
  return (
    <PublicFrame title={`Join ${project_name}`}>
      <Stack>
        <Text>
          You are invited as {role === 'admin' ? 'an admin' : 'a labeler'}. The invitation ends{' '}
          <RelativeTime at={expires_at} />.
        </Text>
        <ProblemAlert error={join.error} title="You could not join" />
        {user ? (
          <Button onClick={() => join.mutate({ username: '', password: '' })} loading={join.isPending}>
            Join as {user.username}
          </Button>
        ) : (
          <AccountForm pending={join.isPending} onSubmit={join.mutate} />
        )}
      </Stack>
    </PublicFrame>
  );
}

interface AccountFormProps {
  pending: boolean;
  onSubmit: (account: { username: string; password: string }) => void;
}

function AccountForm({ pending, onSubmit }: AccountFormProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onSubmit({ username: String(form.get('username')), password: String(form.get('password')) });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          name="username"
          label="Username"
          description="Shown to the project's admins beside your verdicts."
          autoComplete="username"
          maxLength={150}
          required
          withAsterisk={false}
        />
        <PasswordInput
          name="password"
          label="Password"
          description="At least 10 characters."
          autoComplete="new-password"
          minLength={10}
          required
          withAsterisk={false}
        />
        <Button type="submit" loading={pending}>
          Make the account and join
        </Button>
      </Stack>
    </form>
  );
}
