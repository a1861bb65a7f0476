import { Alert, Button, Code, Group, Stack, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { answer, api } from '../../api/client';
import { ConfirmButton } from '../../components/confirm-button';
import { CopyButton } from '../../components/copy-button';
import { DataTable } from '../../components/data-table';
import { ErrorState } from '../../components/error-state';
import { LoadingState } from '../../components/loading-state';
import { ProblemAlert } from '../../components/problem-alert';
import { RelativeTime } from '../../components/relative-time';
import { tokenListQuery } from './token-queries';

/** Own API tokens: make one, see its secret once, revoke it. */
export function TokenSection() {
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: tokenListQuery.queryKey });
  const create = useMutation({
    mutationFn: (name: string) => answer(api.POST('/api/tokens/', { body: { name } })),
    onSuccess: refresh,
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    create.mutate(String(new FormData(form).get('name')), { onSuccess: () => form.reset() });
  };
  return (
    <Stack>
      <TokenList />
      <ProblemAlert error={create.error} title="The token was not made" />
      {create.data && (
        <Alert variant="light" title="Copy the secret now: it is not shown again">
          <Group gap="xs">
            <Code>{create.data.secret}</Code>
            <CopyButton value={create.data.secret} label="Copy the secret" />
          </Group>
        </Alert>
      )}
      <form onSubmit={submit}>
        <Group align="flex-end" gap="xs">
          <TextInput
            name="name"
            label="Name of a new token"
            placeholder="nightly export"
            maxLength={80}
            required
            withAsterisk={false}
          />
          <Button type="submit" variant="default" loading={create.isPending}>
            Make a token
          </Button>
        </Group>
      </form>
    </Stack>
  );
}

function TokenList() {
  const tokens = useQuery(tokenListQuery);
  const queryClient = useQueryClient();
  const revoke = useMutation({
    mutationFn: (token_id: number) => api.DELETE('/api/tokens/{token_id}/', { params: { path: { token_id } } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: tokenListQuery.queryKey }),
  });
  if (tokens.isPending) return <LoadingState label="Loading the tokens" rows={2} />;
  if (tokens.isError) return <ErrorState error={tokens.error} onRetry={() => void tokens.refetch()} />;
  if (tokens.data.results.length === 0) return <Text c="dimmed">You have no tokens.</Text>;
  return (
    <>
      <ProblemAlert error={revoke.error} title="The token was not revoked" />
      <DataTable
        caption="API tokens"
        rows={tokens.data.results}
        rowKey={({ id }) => id}
        columns={[
          { key: 'name', header: 'Name', cell: ({ name }) => name },
          { key: 'made', header: 'Made', cell: ({ created_at }) => <RelativeTime at={created_at} /> },
          {
            key: 'used',
            header: 'Last used',
            cell: ({ last_used_at }) => (last_used_at ? <RelativeTime at={last_used_at} /> : 'never'),
          },
          {
            key: 'revoke',
            header: <VisuallyHidden>Actions</VisuallyHidden>,
            cell: ({ id, name }) => (
              <ConfirmButton
                size="compact-sm"
                title={`Revoke “${name}”?`}
                consequence="Programs that use it are refused from now on. This cannot be undone."
                confirmLabel="Revoke"
                color="red"
                onConfirm={() => revoke.mutate(id)}
              >
                Revoke
              </ConfirmButton>
            ),
          },
        ]}
      />
    </>
  );
}
