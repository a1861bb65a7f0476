import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { ADMIN, exampleProject, wholeList } from '../../testing/admin-examples';
import { exampleModelCard, exampleStatementCard } from '../../testing/card-examples';
import { renderAddress } from '../../testing/render-address';
import { StubbedAnswer, stubSite } from '../../testing/stub-site';

const GAP = { ...exampleModelCard().statement, pay: '' };
const SITE = {
  'GET /api/session/': ADMIN,
  'GET /api/projects/7/': exampleProject(),
  'GET /api/projects/7/models/': wholeList([
    { id: 50, number: 1 },
    { id: 49, number: 3 },
  ]),
  'GET /api/models/50/card/': exampleModelCard({ statement: GAP, missing: ['pay'] }),
  'GET /api/models/50/card/versions/': wholeList([
    {
      number: 2,
      created_by: 'ada',
      created_at: '2026-05-04T10:00:00Z',
      note: 'Asked the lawyers.',
      changes: [{ title: 'Purpose', before: '', after: 'To rank.' }],
    },
  ]),
};

it('names the empty mandatory fields and publishes what was written', async () => {
  const calls = stubSite({ ...SITE, 'POST /api/models/50/card/': exampleModelCard() });
  renderAddress('/projects/7/models/50/card');
  expect(await screen.findByText('1 mandatory field empty: Pay')).toBeVisible();
  const publish = screen.getByRole('button', { name: 'Publish version 3' });
  expect(publish).toBeDisabled();
  await userEvent.type(screen.getByLabelText(/^Pay/), 'By the hour.');
  await userEvent.type(screen.getByLabelText('What changed and why'), 'Said at last.');
  await userEvent.click(publish);
  await waitFor(() =>
    expect(calls.find(({ method }) => method === 'POST')?.body).toEqual({
      statement: { ...GAP, pay: 'By the hour.' },
      note: 'Said at last.',
      for_project: true,
    }),
  );
});

it('shows what was measured and what each version changed', async () => {
  stubSite(SITE);
  renderAddress('/projects/7/models/50/card');
  expect(await screen.findByText('44 from 2 people')).toBeVisible();
  expect(await screen.findByText('“Asked the lawyers.”')).toBeVisible();
  expect(screen.getByText('To rank.').tagName).toBe('INS');
});

it('compares the card with that of another reward model when asked to', async () => {
  stubSite({
    ...SITE,
    'GET /api/models/50/card/comparison/': {
      before_number: 3,
      after_number: 1,
      differences: [{ section: 'Data', label: 'Verdicts', before: '12 prefer', after: '' }],
    },
  });
  renderAddress('/projects/7/models/50/card');
  await userEvent.selectOptions(await screen.findByLabelText('Compare with'), 'Reward model 3');
  const table = within(await screen.findByRole('table'));
  expect(table.getByText('Data: Verdicts')).toBeVisible();
  expect(table.getByText('—')).toBeVisible();
});

it('shows a refused field beside what is wrong with it', async () => {
  stubSite({
    ...SITE,
    'POST /api/models/50/card/': new StubbedAnswer(400, {
      code: 'request/invalid',
      detail: 'The statement was refused.',
      fields: { 'statement.pay': ['Too long.'] },
    }),
  });
  renderAddress('/projects/7/models/50/card');
  await userEvent.type(await screen.findByLabelText(/^Pay/), 'By the hour.');
  await userEvent.click(screen.getByRole('button', { name: 'Publish version 3' }));
  expect(await screen.findByText('Too long.')).toBeVisible();
});

it('takes the project’s own statement on a page of its own', async () => {
  const calls = stubSite({
    ...SITE,
    'GET /api/projects/7/card/': exampleStatementCard({ of_project: true, number: 1 }),
    'POST /api/projects/7/card/': exampleStatementCard({ of_project: true }),
  });
  renderAddress('/projects/7/card');
  await userEvent.type(await screen.findByLabelText('Demographics'), 'Nobody said.');
  await userEvent.click(screen.getByRole('button', { name: 'Publish version 2' }));
  await waitFor(() => expect(calls.some(({ method }) => method === 'POST')).toBe(true));
});
