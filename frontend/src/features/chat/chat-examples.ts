import type { Project } from '../../lib/api-types';
import { exampleProject } from '../../testing/admin-examples';
import type { Chat, ChatTurn } from './chat-queries';

/** Chats as the site tells them, for tests. */
export function exampleTurn(part: Partial<ChatTurn> = {}): ChatTurn {
  return {
    id: 51,
    number: 1,
    text: 'How do I say sorry?',
    status: 'ready',
    partial: ['With **warm** words.', 'Just do it.'],
    failure: '',
    waiting: '',
    left_out: 0,
    cut: false,
    assignment: null,
    verdict: null,
    chosen: null,
    ...part,
  };
}

export const OPEN_TURN = exampleTurn({
  assignment: {
    id: 900,
    comparison_id: 800,
    prompt: [{ role: 'user', content: 'How do I say sorry?' }],
    left: { text: 'With **warm** words.' },
    right: { text: 'Just do it.' },
    completions: [{ text: 'With **warm** words.' }, { text: 'Just do it.' }],
    lease_expires_at: '2026-05-01T10:05:00Z',
  },
});

export const JUDGED_TURN = exampleTurn({
  verdict: { kind: 'prefer', side: 'right', strength: 2, assignment_id: 900, client_id: 'c1' },
  chosen: 'Just do it.',
});

export function exampleChat(turns: ChatTurn[], part: Partial<Chat> = {}): Chat {
  return {
    id: 5,
    policy_number: 0,
    created_at: '2026-05-01T10:00:00Z',
    ended_at: null,
    available: true,
    reason: '',
    turns,
    ...part,
  };
}

export function exampleList(part: object = {}) {
  const row = { id: 5, title: 'How do I say sorry?', turns: 1, policy_number: 0, created_at: '2026-05-01T10:00:00Z' };
  return { results: [{ ...row, ended_at: null }], next: null, total: 1, available: true, reason: '', ...part };
}

const LABELING = { content_warning: '', blur: false, pause_after_minutes: 50, chat: true };

/** A project with a seven-point form. */
export const CHAT_PROJECT = exampleProject({
  role: 'labeler',
  settings: { labeling: LABELING } as unknown as Project['settings'],
});
