import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { ADMIN, DEFAULTS, exampleMember, exampleProject, TOO_FEW, wholeList } from '../../testing/admin-examples';
import { renderAddress } from '../../testing/render-address';
import { exampleRound } from '../../testing/round-examples';
import { LABELER } from '../../testing/site-examples';
import { StubbedAnswer, stubSite } from '../../testing/stub-site';

const OVERVIEW = {
  'GET /api/session/': ADMIN,
  'GET /api/projects/7/': exampleProject(),
  'GET /api/projects/7/rounds/': wholeList([]),
  'GET /api/projects/7/rounds/preview/': TOO_FEW,
  'GET /api/projects/7/members/': wholeList([]),
};

describe('the project list', () => {
  it('leads a site admin without projects to creating one', async () => {
    stubSite({ 'GET /api/session/': ADMIN, 'GET /api/projects/': wholeList([]) });
    renderAddress('/');
    expect(await screen.findByRole('heading', { name: 'No project yet' })).toBeVisible();
    expect(screen.getAllByRole('link', { name: 'New project' })[0]).toHaveAttribute('href', '/projects/new');
  });

  it('tells a labeler without projects to open an invite link', async () => {
    stubSite({ 'GET /api/session/': LABELER, 'GET /api/projects/': wholeList([]) });
    renderAddress('/');
    expect(await screen.findByText(/Open an invite link/)).toBeVisible();
    expect(screen.queryByRole('link', { name: 'New project' })).toBeNull();
  });

  it('says that the list could not be loaded, and tries again', async () => {
    const calls = stubSite({
      'GET /api/session/': ADMIN,
      'GET /api/projects/': new StubbedAnswer(500, { code: 'internal/error', detail: 'The database does not answer.' }),
    });
    renderAddress('/');
    expect(await screen.findByRole('alert')).toHaveTextContent('The database does not answer.');
    const before = calls.length;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(calls.length).toBeGreaterThan(before));
  });
});

describe('the overview', () => {
  it('counts what is missing to the first round and keeps the button off with the reason', async () => {
    stubSite(OVERVIEW);
    renderAddress('/projects/7');
    expect(
      await screen.findByRole('heading', { name: '14 of 30 preferences to the first useful round' }),
    ).toBeVisible();
    const loop = within(screen.getByRole('list', { name: 'The loop' }));
    expect(loop.getByText('14 preferences')).toBeVisible();
    expect(loop.getByText('46 open')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Start round' })).toBeDisabled();
  });

  it('names what waits for the admin', async () => {
    stubSite({
      ...OVERVIEW,
      'GET /api/projects/7/flags/': { results: [], next: null, total: 2 },
      'GET /api/projects/7/review/': { results: [], next: null, total: 7 },
    });
    renderAddress('/projects/7');
    expect(await screen.findByText('2 flags of labelers to look at')).toBeVisible();
    expect(screen.getByRole('link', { name: 'Review' })).toHaveAttribute('href', '/projects/7/review');
  });

  it('starts a round after saying what it will use', async () => {
    const ready = { ...TOO_FEW, can_start: true, reason: null, preferences: 40, new_since_last: 26 };
    const calls = stubSite({
      ...OVERVIEW,
      'GET /api/projects/7/rounds/preview/': { ...ready, estimated_seconds: 95 },
      'POST /api/projects/7/rounds/': new StubbedAnswer(201, exampleRound()),
      'GET /api/rounds/5/': exampleRound(),
    });
    const { router } = renderAddress('/projects/7');
    const button = await screen.findByRole('button', { name: 'Start round' });
    await waitFor(() => expect(button).toBeEnabled());
    await userEvent.click(button);
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText(/40 preferences, 26 of them new/)).toHaveTextContent('about 1 min 35 s');
    await userEvent.click(dialog.getByRole('button', { name: 'Start round' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/projects/7/rounds/5'));
    expect(calls.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('shows a labeler the way to the comparisons and the guidelines', async () => {
    stubSite({ 'GET /api/session/': LABELER, 'GET /api/projects/7/': exampleProject({ role: 'labeler' }) });
    renderAddress('/projects/7');
    expect(await screen.findByRole('heading', { name: 'Guidelines' })).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Start round' })).toBeNull();
    expect(screen.getAllByRole('link', { name: 'Label' })[0]).toHaveAttribute('href', '/projects/7/label');
  });
});

describe('the new-project form', () => {
  const FORM = { 'GET /api/session/': ADMIN, 'GET /api/projects/defaults/': DEFAULTS };

  it('asks for a name before it asks the server', async () => {
    const calls = stubSite(FORM);
    renderAddress('/projects/new');
    await userEvent.click(await screen.findByRole('button', { name: 'Create project' }));
    expect(await screen.findByText('A name is needed.')).toBeVisible();
    expect(calls.some(({ method }) => method === 'POST')).toBe(false);
  });

  it('shows the first rows of pasted prompts as they will be read', async () => {
    stubSite(FORM);
    renderAddress('/projects/new');
    await userEvent.type(await screen.findByRole('textbox', { name: 'Prompts' }), 'How are you?{Enter}And now?');
    const preview = within(screen.getByRole('region', { name: 'First prompts' }));
    expect(preview.getByRole('row', { name: '2 And now?' })).toBeVisible();
  });

  it('puts the server’s messages at their fields', async () => {
    stubSite({
      ...FORM,
      'POST /api/projects/': new StubbedAnswer(400, {
        code: 'request/invalid',
        detail: 'settings.policy.kl_coef: Input should be less than 10',
        fields: { 'settings.policy.kl_coef': ['Input should be less than 10'] },
      }),
    });
    renderAddress('/projects/new');
    await userEvent.type(await screen.findByRole('textbox', { name: /^Name/ }), 'Taste');
    await userEvent.click(screen.getByRole('button', { name: 'Create project' }));
    await waitFor(() => expect(screen.getByRole('textbox', { name: 'KL coef' })).toBeInvalid());
    expect(screen.getByRole('textbox', { name: /^Name/ })).toHaveValue('Taste');
  });

  it('lists the rows of the prompts that could not be used before it leads on', async () => {
    const report = {
      added: 2,
      duplicates: 0,
      rejected: [{ row: 3, field: 'prompt', message: 'The prompt is empty.' }],
      rejected_total: 1,
    };
    const calls = stubSite({
      ...FORM,
      'POST /api/projects/': new StubbedAnswer(201, { ...exampleProject(), prompts: report }),
    });
    renderAddress('/projects/new');
    await userEvent.type(await screen.findByRole('textbox', { name: /^Name/ }), 'Taste');
    await userEvent.click(screen.getByRole('button', { name: 'Create project' }));
    expect(await screen.findByRole('row', { name: '3 prompt: The prompt is empty.' })).toBeVisible();
    expect(screen.getByRole('link', { name: 'Open the project' })).toHaveAttribute('href', '/projects/7');
    expect(calls.find(({ method }) => method === 'POST')?.body).toMatchObject({
      name: 'Taste',
      base_policy: 'starter',
      prompts: null,
      settings: DEFAULTS.settings,
    });
  });
});

describe('the settings page', () => {
  it('lists what changed, saves it, and is quiet again', async () => {
    let project = exampleProject();
    const calls = stubSite({
      'GET /api/session/': ADMIN,
      'GET /api/projects/7/': () => project,
      'GET /api/projects/defaults/': DEFAULTS,
      'PATCH /api/projects/7/': () => {
        project = exampleProject({ name: 'Kindness' });
        return project;
      },
    });
    renderAddress('/projects/7/settings');
    const name = await screen.findByRole('textbox', { name: /^Name/ });
    await userEvent.clear(name);
    await userEvent.type(name, 'Kindness');
    expect(screen.getByText('Name: Taste → Kindness')).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Save' })).toBeNull());
    expect(calls.find(({ method }) => method === 'PATCH')?.body).toMatchObject({ name: 'Kindness', archived: null });
  });
});

describe('the guidelines', () => {
  it('are published with what changed', async () => {
    const calls = stubSite({
      ...OVERVIEW,
      'POST /api/projects/7/guidelines/': new StubbedAnswer(201, exampleProject().guidelines),
    });
    renderAddress('/projects/7');
    await userEvent.click(await screen.findByRole('button', { name: 'Edit' }));
    await userEvent.type(screen.getByRole('textbox', { name: 'Text of the new version' }), ' Be brief.');
    await userEvent.type(screen.getByRole('textbox', { name: 'What changed' }), 'Brevity counts.');
    await userEvent.click(screen.getByRole('button', { name: 'Publish version 2' }));
    await waitFor(() =>
      expect(calls.find(({ method }) => method === 'POST')?.body).toEqual({
        text: 'Prefer the **kinder** reply. Be brief.',
        changes: 'Brevity counts.',
      }),
    );
  });
});

describe('the members page', () => {
  const MEMBERS = {
    'GET /api/session/': ADMIN,
    'GET /api/projects/7/': exampleProject(),
    'GET /api/projects/7/invites/': wholeList([]),
    'GET /api/projects/7/members/': wholeList([
      exampleMember({
        groups: ['nurses'],
        paused_at: '2026-05-02T10:00:00Z',
        paused_reason: 'Too fast to read.',
        warm_up: { done: 5, of: 5, correct: 2, passed: false },
      }),
    ]),
  };

  it('shows pauses and warm-ups, and lets a labeler try again', async () => {
    const calls = stubSite({ ...MEMBERS, 'PATCH /api/projects/7/members/2/': exampleMember() });
    renderAddress('/projects/7/members');
    expect(await screen.findByText('Paused by a rule')).toBeVisible();
    expect(screen.getByText('Too fast to read.')).toBeVisible();
    expect(screen.getByText('Warm-up missed, 2 of 5 right')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Change ben' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Change ben' }));
    await userEvent.click(dialog.getByRole('button', { name: 'Let try again' }));
    await waitFor(() =>
      expect(calls.find(({ method }) => method === 'PATCH')?.body).toEqual({
        role: null,
        groups: null,
        warmed_up: false,
      }),
    );
  });

  it('makes a member a reviewer in more groups', async () => {
    const calls = stubSite({ ...MEMBERS, 'PATCH /api/projects/7/members/2/': exampleMember() });
    renderAddress('/projects/7/members');
    await userEvent.click(await screen.findByRole('button', { name: 'Change ben' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Change ben' }));
    await userEvent.click(dialog.getByRole('radio', { name: 'Reviewer' }));
    await userEvent.type(dialog.getByRole('combobox', { name: 'Groups' }), 'doctors{Enter}');
    await userEvent.click(dialog.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(calls.find(({ method }) => method === 'PATCH')?.body).toEqual({
        role: 'reviewer',
        groups: ['nurses', 'doctors'],
        warmed_up: null,
      }),
    );
  });

  it('shows a new invite link once, to be copied', async () => {
    stubSite({
      'GET /api/session/': ADMIN,
      'GET /api/projects/7/': exampleProject(),
      'GET /api/projects/7/members/': wholeList([]),
      'GET /api/projects/7/invites/': wholeList([]),
      'POST /api/projects/7/invites/': new StubbedAnswer(201, {
        id: 1,
        url: 'http://localhost:3000/join/secret-words',
        role: 'labeler',
        expires_at: '2026-06-01T00:00:00Z',
        max_uses: 1,
      }),
    });
    renderAddress('/projects/7/members');
    await userEvent.click(await screen.findByRole('button', { name: 'Make link' }));
    expect(await screen.findByText('http://localhost:3000/join/secret-words')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Copy link' })).toBeVisible();
    expect(screen.getByText(/shown only once/)).toBeVisible();
  });
});
