import { Button, Menu } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { api } from '../api/client';
import { sessionQuery } from '../api/session';
import { ChevronDownIcon, UserIcon } from '../components/icons';

export function UserMenu() {
  const session = useQuery(sessionQuery);
  const queryClient = useQueryClient();
  const router = useRouter();
  const logOut = useMutation({
    mutationFn: () => api.DELETE('/api/session/'),
    onSuccess: async () => {
      await router.navigate({ to: '/login' });
      queryClient.clear();
    },
  });
  const user = session.data?.user;
  if (!user) return null;
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <Button variant="subtle" color="gray" size="sm" leftSection={<UserIcon />} rightSection={<ChevronDownIcon />}>
          {user.username}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item renderRoot={(props) => <Link to="/account" {...props} />}>Account</Menu.Item>
        {user.is_site_admin && (
          <Menu.Item renderRoot={(props) => <Link to="/projects/new" {...props} />}>New project</Menu.Item>
        )}
        <Menu.Item component="a" href="/api/docs/">
          API documentation
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => logOut.mutate()} disabled={logOut.isPending}>
          Log out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
