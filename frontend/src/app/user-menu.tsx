import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { api } from '../api/client';
import { sessionQuery } from '../api/session';
import { ChevronDownIcon, UserIcon } from '../components/icons';
import classes from './shell.module.css';

/** Who is logged in, with what concerns them. The browser's own popover: closes by Escape and by a click elsewhere. */
export function UserMenu() {
  const session = useQuery(sessionQuery);
  const queryClient = useQueryClient();
  const router = useRouter();
  const menu = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState(false);
  const logOut = useMutation({
    mutationFn: () => api.DELETE('/api/session/'),
    onSuccess: async () => {
      queryClient.clear();
      await router.navigate({ to: '/login' });
    },
  });
  const user = session.data?.user;
  if (!user) return null;
  const close = () => menu.current?.hidePopover();
  return (
    <>
      <button type="button" className={classes.tool} popoverTarget="user-menu" aria-expanded={opened}>
        <UserIcon />
        {user.username}
        <ChevronDownIcon />
      </button>
      <div
        ref={menu}
        id="user-menu"
        popover="auto"
        className={classes.menu}
        data-open={opened || undefined}
        onToggle={(event) => setOpened(event.newState === 'open')}
      >
        <Link to="/account" className={classes.item} onClick={close}>
          Account
        </Link>
        {user.is_site_admin && (
          <Link to="/projects/new" className={classes.item} onClick={close}>
            New project
          </Link>
        )}
        <a href="/api/docs/" className={classes.item}>
          API documentation
        </a>
        <button type="button" className={classes.item} disabled={logOut.isPending} onClick={() => logOut.mutate()}>
          Log out
        </button>
      </div>
    </>
  );
}
