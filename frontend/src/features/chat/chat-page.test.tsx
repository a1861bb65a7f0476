import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { renderAddress } from '../../testing/render-address';
import { LABELER } from '../../testing/site-examples';
import { SpokenStream } from '../../testing/spoken-stream';
import { StubbedAnswer, stubSite } from '../../testing/stub-site';
import { CHAT_PROJECT, exampleChat, exampleList, exampleTurn, JUDGED_TURN, OPEN_TURN } from './chat-examples';
import type { Chat } from './chat-queries';

const CHATS = '/api/projects/7/chats/';
const NONE = exampleList({ results: [], total: 0 });

/** The site with one chat, whose present state is looked up at each reading. */
function site(chat: () => Chat, more: Record<string, unknown> = {}) {
  return stubSite({
    'GET /api/session/': LABELER,
    'GET /api/projects/7/': CHAT_PROJECT,
    [`GET ${CHATS}`]: exampleList(),
    [`GET ${CHATS}5/`]: chat,
    ...more,
  });
}

beforeEach(() => {
  SpokenStream.last = null;
  vi.stubGlobal('EventSource', SpokenStream);
});

describe('a new chat', () => {
  it('is begun with its first message and shows the answers as they come', async () => {
    let chat = exampleChat([]);
    const queued = exampleTurn({ status: 'queued', partial: [] });
    const calls = site(() => chat, {
      [`GET ${CHATS}`]: NONE,
      [`POST ${CHATS}`]: exampleChat([]),
      [`POST ${CHATS}5/turns/`]: () => {
        chat = exampleChat([queued]);
        return queued;
      },
    });
    renderAddress('/projects/7/chat');
    const field = await screen.findByRole('textbox', { name: 'Your message' });
    await userEvent.type(field, 'How do I{Shift>}{Enter}{/Shift}say sorry?{Enter}');
    expect(await screen.findByText('Your message waits for a worker …')).toBeVisible();
    expect(calls.find(({ path, method }) => method === 'POST' && path === `${CHATS}5/turns/`)?.body).toEqual({
      text: 'How do I\nsay sorry?',
    });
    const stream = SpokenStream.last;
    if (!stream) throw new Error('no stream was opened');
    expect(stream.url).toBe(`${CHATS}5/stream/`);
    stream.say('turn', { turn: { ...queued, status: 'sampling', partial: ['With **wa', ''] } });
    const left = screen.getByRole('region', { name: 'Left answer to message 1' });
    await waitFor(() => expect(left).toHaveTextContent('With **wa'));
    expect(left).toHaveAttribute('aria-busy', 'true');
    chat = exampleChat([OPEN_TURN]);
    stream.say('turn', { turn: OPEN_TURN });
    stream.say('end', {});
    expect(await screen.findByRole('region', { name: 'Verdict' })).toHaveFocus();
    expect(within(left).getByText('warm')).toBeVisible();
    expect(stream.readyState).toBe(2);
  });

  it('says why nobody can be talked to', async () => {
    site(() => exampleChat([]), {
      [`GET ${CHATS}`]: exampleList({ results: [], total: 0, available: false, reason: 'No policy is in use.' }),
    });
    renderAddress('/projects/7/chat');
    expect(await screen.findByText('No policy is in use.')).toBeVisible();
    expect(screen.queryByRole('textbox')).toBeNull();
  });

  it('keeps the message that was not taken', async () => {
    const refusal = { code: 'chat/unavailable', detail: 'Your labeling is paused.' };
    site(() => exampleChat([]), { [`GET ${CHATS}`]: NONE, [`POST ${CHATS}`]: new StubbedAnswer(409, refusal) });
    renderAddress('/projects/7/chat');
    const field = await screen.findByRole('textbox', { name: 'Your message' });
    await userEvent.type(field, 'Hello?{Enter}');
    expect(await screen.findByText('Your labeling is paused.')).toBeVisible();
    expect(field).toHaveValue('Hello?');
  });
});

describe('two answers', () => {
  it.each([
    ['1', { kind: 'prefer', side: 'left', strength: 3 }],
    ['6', { kind: 'prefer', side: 'right', strength: 2 }],
    ['4', { kind: 'tie', side: null, strength: null }],
    ['0', { kind: 'both_bad', side: null, strength: null }],
    ['ArrowLeft', { kind: 'prefer', side: 'left', strength: 2 }],
  ])('are judged with %s', async (key, verdict) => {
    let chat = exampleChat([OPEN_TURN]);
    const calls = site(() => chat, {
      'POST /api/projects/7/verdicts/': () => {
        chat = exampleChat([JUDGED_TURN]);
        return { preference_id: 1, comparison_id: 800, replayed: false, feedback: null };
      },
    });
    renderAddress('/projects/7/chat?chat=5');
    await screen.findByRole('region', { name: 'Verdict' });
    fireEvent.keyDown(document.body, { key, code: /\d/.test(key) ? `Digit${key}` : key });
    await waitFor(() => expect(screen.getByRole('textbox', { name: 'Your message' })).toHaveFocus());
    const body = calls.find(({ path }) => path.endsWith('/verdicts/'))?.body;
    expect(body).toMatchObject({ assignment_id: 900, ...verdict });
    expect(screen.getByText('Right is better and goes on.')).toBeVisible();
    expect(screen.queryByText('With')).toBeNull();
  });

  it('can be looked at again, and the verdict taken back', async () => {
    let chat = exampleChat([JUDGED_TURN]);
    const calls = site(() => chat, {
      'POST /api/projects/7/undo/': () => {
        chat = exampleChat([OPEN_TURN]);
        return { assignment: OPEN_TURN.assignment };
      },
    });
    renderAddress('/projects/7/chat?chat=5');
    await userEvent.click(await screen.findByRole('button', { name: 'Show both answers' }));
    expect(screen.getByRole('region', { name: 'Left answer to message 1' })).toHaveTextContent('With warm words.');
    const field = screen.getByRole('textbox', { name: 'Your message' });
    await userEvent.type(field, 'z{Escape}');
    expect(calls.some(({ path }) => path.endsWith('/undo/'))).toBe(false);
    fireEvent.keyDown(document.body, { key: 'z', code: 'KeyZ' });
    expect(await screen.findByRole('region', { name: 'Verdict' })).toBeVisible();
    expect(calls.find(({ path }) => path.endsWith('/undo/'))?.body).toEqual({ assignment_id: 900, client_id: 'c1' });
  });

  it('are covered in a sensitive project until they are uncovered, and not judged before', async () => {
    const labeling = { ...CHAT_PROJECT.settings.labeling, blur: true, content_warning: 'Violence may appear.' };
    const project = { ...CHAT_PROJECT, settings: { ...CHAT_PROJECT.settings, labeling } };
    const calls = site(() => exampleChat([OPEN_TURN]), {
      'GET /api/projects/7/': project,
      'POST /api/projects/7/verdicts/': { preference_id: 1, comparison_id: 800, replayed: false, feedback: null },
    });
    renderAddress('/projects/7/chat?chat=5');
    expect(await screen.findByText('Violence may appear.')).toBeVisible();
    const judged = () => calls.filter(({ path }) => path.endsWith('/verdicts/')).length;
    fireEvent.keyDown(document.body, { key: '1', code: 'Digit1' });
    fireEvent.keyDown(document.body, { key: ' ', code: 'Space' });
    await waitFor(() => expect(screen.queryByText(/Press Space or click/)).toBeNull());
    expect(judged()).toBe(0);
    fireEvent.keyDown(document.body, { key: '1', code: 'Digit1' });
    await waitFor(() => expect(judged()).toBe(1));
  });

  it('stay there with the reason when the verdict is refused', async () => {
    site(() => exampleChat([OPEN_TURN]), {
      'POST /api/projects/7/verdicts/': new StubbedAnswer(409, { code: 'x', detail: 'Not now.' }),
    });
    renderAddress('/projects/7/chat?chat=5');
    await userEvent.click(await screen.findByRole('button', { name: /Left Much better/ }));
    expect(await screen.findByText('Not now.')).toBeVisible();
    expect(screen.getByRole('region', { name: 'Verdict' })).toBeVisible();
  });
});

describe('what can go wrong', () => {
  it('a failed message is tried again', async () => {
    let chat = exampleChat([exampleTurn({ status: 'failed', partial: [], failure: 'The worker stopped. Try again.' })]);
    site(() => chat, {
      [`POST ${CHATS}5/turns/51/retry/`]: () => {
        chat = exampleChat([exampleTurn({ status: 'queued', partial: [] })]);
        return chat.turns[0];
      },
    });
    renderAddress('/projects/7/chat?chat=5');
    expect(await screen.findByText(/The worker stopped/)).toBeVisible();
    expect(screen.getByRole('textbox', { name: 'Your message' })).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Your message waits for a worker …')).toBeVisible();
  });

  it('a message that nobody takes says how to start a worker', async () => {
    const waiting = 'No worker is sampling for chats: start one with `celery`.';
    site(() =>
      exampleChat([exampleTurn({ status: 'queued', partial: [], waiting })], { available: false, reason: waiting }),
    );
    renderAddress('/projects/7/chat?chat=5');
    expect(await screen.findByText(waiting)).toBeVisible();
  });

  it('equal answers and what the policy did not see are told', async () => {
    const same = exampleTurn({
      partial: ['Yes.', 'Yes.'],
      chosen: 'Yes.',
      failure: 'Both came out the same.',
      left_out: 4,
    });
    site(() => exampleChat([same]));
    renderAddress('/projects/7/chat?chat=5');
    expect(await screen.findByText('Both came out the same.')).toBeVisible();
    expect(screen.getByText(/did not see the first 4 messages/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Show both answers' })).toBeNull();
  });

  it('an ended chat takes no message', async () => {
    site(() => exampleChat([JUDGED_TURN], { ended_at: '2026-05-01T11:00:00Z' }));
    renderAddress('/projects/7/chat?chat=5');
    expect(await screen.findByText('This chat has ended.')).toBeVisible();
    expect(screen.queryByRole('textbox')).toBeNull();
  });

  it('hostile text stays text', async () => {
    const evil = '<img src=x onerror="window.evil=1"> ![pixel](https://attacker.example/p.png)';
    site(() => exampleChat([exampleTurn({ ...OPEN_TURN, text: evil, partial: [evil, 'tame'] })]));
    const { container } = renderAddress('/projects/7/chat?chat=5');
    await screen.findByRole('region', { name: 'Verdict' });
    expect(container.querySelectorAll('main img')).toHaveLength(0);
    expect(screen.getByText(evil)).toBeVisible();
  });
});
