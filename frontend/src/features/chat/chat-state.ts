import type { Chat, ChatTurn } from './chat-queries';

/** What the page of a chat waits for. */
export type ChatState =
  | { name: 'answering'; turn: ChatTurn }
  | { name: 'judging'; turn: ChatTurn }
  | { name: 'writing' }
  /** Nothing more can be written; the words say why. */
  | { name: 'closed'; reason: string };

export const TURNS_AT_MOST = 50;

export function chatState(chat: Chat): ChatState {
  const last = chat.turns.at(-1);
  if (last && isUnfinished(last)) return { name: 'answering', turn: last };
  const open = chat.turns.find(({ assignment }) => assignment !== null);
  if (open) return { name: 'judging', turn: open };
  if (chat.ended_at !== null) return { name: 'closed', reason: 'This chat has ended.' };
  if (!chat.available) return { name: 'closed', reason: chat.reason };
  if (chat.turns.length >= TURNS_AT_MOST) {
    return { name: 'closed', reason: `This chat has ${TURNS_AT_MOST} messages, which is the most.` };
  }
  return { name: 'writing' };
}

export function isUnfinished({ status }: ChatTurn): boolean {
  return status === 'queued' || status === 'sampling';
}

/** The chat with a newer state of one of its turns. */
export function withTurn(chat: Chat, turn: ChatTurn): Chat {
  const known = chat.turns.some(({ id }) => id === turn.id);
  const turns = known ? chat.turns.map((old) => (old.id === turn.id ? turn : old)) : [...chat.turns, turn];
  return { ...chat, turns };
}

/** The verdict that can be taken back: the last turn's, while nothing was built on it. */
export function lastVerdict(chat: Chat): ChatTurn['verdict'] {
  return chat.turns.at(-1)?.verdict ?? null;
}
