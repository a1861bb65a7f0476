import { Link } from '@tanstack/react-router';
import { PlusIcon } from '../../components/icons';
import { RelativeTime } from '../../components/relative-time';
import classes from './chat-nav.module.css';
import type { ChatRow } from './chat-queries';

interface ChatNavProps {
  projectId: number;
  chats: readonly ChatRow[];
  current: number | null;
}

/** One's own chats, newest first, and the way to a new one. */
export function ChatNav({ projectId, chats, current }: ChatNavProps) {
  const params = { id: String(projectId) };
  return (
    <nav className={classes.nav} aria-label="Your chats">
      <Link
        to="/projects/$id/chat"
        params={params}
        search={{ chat: 'new' }}
        className={classes.link}
        aria-current={current === null ? 'page' : undefined}
      >
        <span className={classes.title}>
          <PlusIcon /> New chat
        </span>
      </Link>
      <ul className={classes.list}>
        {chats.map((chat) => (
          <li key={chat.id}>
            <Link
              to="/projects/$id/chat"
              params={params}
              search={{ chat: chat.id }}
              className={classes.link}
              aria-current={current === chat.id ? 'page' : undefined}
            >
              <span className={classes.title} dir="auto">
                {chat.title || 'Nothing said yet'}
              </span>
              <span className={classes.facts}>
                <RelativeTime at={chat.created_at} /> · {chat.turns} {chat.turns === 1 ? 'message' : 'messages'}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
