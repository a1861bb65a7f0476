import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { ADMIN, exampleProject } from '../../../testing/admin-examples';
import { renderAddress } from '../../../testing/render-address';
import { StubbedAnswer, stubSite } from '../../../testing/stub-site';
import { CHECKPOINTS, exampleCompared, interval } from '../../../testing/tuning-examples';

const LONG = `Dear reader, ${'and so on '.repeat(90)}the end.`;
const PROMPTS = [
  {
    prompt_id: 1,
    messages: [
      { role: 'user', content: 'Hello.' },
      { role: 'assistant', content: 'Hi!' },
      { role: 'user', content: 'How do I say sorry?' },
    ],
    samples: [
      { checkpoint_id: 310, texts: ['<img src=x onerror=alert(1)> **Warmly**.'], reward: 1.5 },
      { checkpoint_id: 320, texts: [LONG], reward: null },
    ],
  },
];
const TWO = {
  checkpoints: [exampleCompared(10, { win_rate: interval(0.7, 12) }), exampleCompared(20)],
  prompts: PROMPTS,
};

function site(answer: unknown, more: Record<string, unknown> = {}) {
  return stubSite({
    'GET /api/session/': ADMIN,
    'GET /api/projects/7/': exampleProject(),
    'GET /api/projects/7/checkpoints/compare/': answer,
    ...more,
  });
}

const ADDRESS = '/projects/7/checkpoints/compare?checkpoints=310,320';

describe('checkpoints side by side', () => {
  it('sets their figures in columns, people’s verdicts first', async () => {
    site(TWO);
    renderAddress(ADDRESS);
    const figures = within(await screen.findByRole('region', { name: 'Figures of the checkpoints' }));
    const [head, first] = figures.getAllByRole('row');
    expect(head).toHaveTextContent(/Measure\s*Step 10.*Step 20/);
    expect(first).toHaveTextContent('Win rate by people');
    expect(first).toHaveTextContent('70 % (60–80 %, n = 12)');
    expect(first).toHaveTextContent('not judged yet');
    expect(screen.getByRole('link', { name: 'Round 3' })).toHaveAttribute('href', '/projects/7/rounds/5');
  });

  it('draws model text without anything it could load or run', async () => {
    site(TWO);
    renderAddress(ADDRESS);
    const region = await screen.findByRole('region', { name: 'Step 10, prompt 1' });
    const side = within(region);
    expect(side.getByText('reward 1.50')).toBeVisible();
    expect(side.getByText('Warmly').tagName).toBe('STRONG');
    expect(region.querySelector('img, script')).toBeNull();
  });

  it('folds long texts and what was said before the prompt', async () => {
    site(TWO);
    renderAddress(ADDRESS);
    const side = within(await screen.findByRole('region', { name: 'Step 20, prompt 1' }));
    expect(side.queryByText(/the end/)).not.toBeInTheDocument();
    await userEvent.click(side.getByRole('button', { name: /Show all/ }));
    expect(side.getByText(/the end/)).toBeVisible();
    expect(screen.getByText('2 messages before')).toBeVisible();
  });

  it('draws the runs of several seeds on the same axes', async () => {
    const other = exampleCompared(20, { id: 420, run_id: 40, seed: 99 });
    site(
      { checkpoints: [exampleCompared(10), other], prompts: [] },
      {
        'GET /api/runs/12/checkpoints/': { checkpoints: CHECKPOINTS, people: null, frontier: null },
        'GET /api/runs/40/checkpoints/': { checkpoints: CHECKPOINTS.slice(0, 2), people: null, frontier: null },
      },
    );
    renderAddress('/projects/7/checkpoints/compare?checkpoints=310,420');
    expect(await screen.findByRole('columnheader', { name: /Step 20 of run 40/ })).toBeVisible();
    expect(
      await screen.findByRole('img', {
        name: /^Reward\. run 12, seed 41: from 0 at 0 to 3.00 at 30; run 40, seed 99:/,
      }),
    ).toBeInTheDocument();
    expect(screen.getByText(/No prompt was answered by all of them/)).toBeVisible();
  });
});

it('says how to choose checkpoints where none are named', async () => {
  site(TWO);
  renderAddress('/projects/7/checkpoints/compare');
  expect(await screen.findByRole('heading', { name: 'No checkpoint is chosen' })).toBeVisible();
});

it('says what is wrong with checkpoints of another project', async () => {
  site(new StubbedAnswer(400, { code: 'request/invalid', detail: 'no checkpoint 310 in this project' }));
  renderAddress(ADDRESS);
  expect(await screen.findByText('no checkpoint 310 in this project')).toBeVisible();
});
