import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { renderAddress } from '../../testing/render-address';
import { LABELER, NOBODY } from '../../testing/site-examples';
import { StubbedAnswer, stubSite } from '../../testing/stub-site';

const NO_PROJECTS = { results: [], next: null, total: 0 };

describe('logging in', () => {
  it('leads back to the page that was asked for', async () => {
    let loggedIn = false;
    const calls = stubSite({
      'GET /api/session/': () => (loggedIn ? LABELER : NOBODY),
      'POST /api/session/': () => {
        loggedIn = true;
        return LABELER;
      },
      'GET /api/tokens/': { results: [], next: null, total: 0 },
    });
    const { router } = renderAddress('/account');
    await userEvent.type(await screen.findByLabelText('Username'), 'ben');
    await userEvent.type(screen.getByLabelText('Password'), 'a secret{enter}');
    expect(await screen.findByRole('heading', { name: 'Account' })).toBeVisible();
    expect(router.state.location.pathname).toBe('/account');
    expect(calls.find(({ method }) => method === 'POST')?.body).toEqual({ username: 'ben', password: 'a secret' });
  });

  it('says why it was refused and keeps the form', async () => {
    stubSite({
      'GET /api/session/': NOBODY,
      'POST /api/session/': new StubbedAnswer(400, { code: 'auth/wrong-password', detail: 'Wrong name or password.' }),
    });
    renderAddress('/login');
    await userEvent.type(await screen.findByLabelText('Username'), 'ben');
    await userEvent.type(screen.getByLabelText('Password'), 'wrong{enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent('Wrong name or password.');
    expect(screen.getByLabelText('Username')).toHaveValue('ben');
  });

  it('follows no address of another site', async () => {
    stubSite({
      'GET /api/session/': NOBODY,
      'POST /api/session/': LABELER,
      'GET /api/projects/': NO_PROJECTS,
    });
    const { router } = renderAddress('/login?next=%2F%2Fevil.example%2Fsteal');
    await userEvent.type(await screen.findByLabelText('Username'), 'ben');
    await userEvent.type(screen.getByLabelText('Password'), 'x{enter}');
    await waitFor(() => expect(router.state.location.pathname).toBe('/'));
  });
});

describe('an invitation', () => {
  const INVITE = {
    project_name: 'Tone',
    role: 'labeler',
    expires_at: new Date(Date.now() + 86_400_000).toISOString(),
    valid: true,
    reason: null,
  };

  it('makes an account and leads to the project', async () => {
    const calls = stubSite({
      'GET /api/session/': NOBODY,
      'GET /api/invites/abc/': INVITE,
      'POST /api/invites/abc/accept/': { project_id: 7 },
    });
    const { router } = renderAddress('/join/abc');
    await userEvent.type(await screen.findByLabelText(/^Username/), 'cleo');
    await userEvent.type(screen.getByLabelText(/^Password/), 'long enough{enter}');
    await waitFor(() => expect(calls.some(({ path }) => path === '/api/invites/abc/accept/')).toBe(true));
    await waitFor(() => expect(router.state.location.href).toContain('/login?next=%2Fprojects%2F7'));
  });

  it('needs one click from somebody who is logged in', async () => {
    const calls = stubSite({
      'GET /api/session/': LABELER,
      'GET /api/invites/abc/': INVITE,
      'POST /api/invites/abc/accept/': { project_id: 7 },
    });
    renderAddress('/join/abc');
    await userEvent.click(await screen.findByRole('button', { name: 'Join as ben' }));
    await waitFor(() =>
      expect(calls.find(({ method }) => method === 'POST')?.body).toEqual({ username: '', password: '' }),
    );
  });

  it('says why it cannot be used', async () => {
    stubSite({
      'GET /api/session/': NOBODY,
      'GET /api/invites/abc/': { ...INVITE, valid: false, reason: 'The invitation has expired.' },
    });
    renderAddress('/join/abc');
    expect(await screen.findByText(/The invitation has expired/)).toBeVisible();
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('that does not exist is explained', async () => {
    stubSite({ 'GET /api/session/': NOBODY });
    renderAddress('/join/abc');
    expect(await screen.findByText(/belongs to no invitation/)).toBeVisible();
  });
});

describe('the account page', () => {
  it('shows the secret of a new token once', async () => {
    stubSite({
      'GET /api/session/': LABELER,
      'GET /api/tokens/': { results: [], next: null, total: 0 },
      'POST /api/tokens/': new StubbedAnswer(201, { id: 1, name: 'export', secret: 'pf_secret' }),
    });
    renderAddress('/account');
    await userEvent.type(await screen.findByLabelText('Name of a new token'), 'export{enter}');
    expect(await screen.findByText('pf_secret')).toBeVisible();
  });

  it('says why a password was refused', async () => {
    stubSite({
      'GET /api/session/': LABELER,
      'GET /api/tokens/': { results: [], next: null, total: 0 },
      'POST /api/session/password/': new StubbedAnswer(400, {
        code: 'request/invalid',
        detail: 'new: This password is too common.',
        fields: { new: ['This password is too common.'] },
      }),
    });
    renderAddress('/account');
    await userEvent.type(await screen.findByLabelText('Present password'), 'old secret');
    await userEvent.type(screen.getByLabelText('New password'), 'password123{enter}');
    expect(await screen.findByText(/This password is too common/)).toBeVisible();
  });
});
