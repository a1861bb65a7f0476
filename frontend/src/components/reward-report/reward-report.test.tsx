import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { RewardModelReport } from '../../lib/api-types';
import { ADMIN, exampleProject, wholeList } from '../../testing/admin-examples';
import { exampleLabeler, exampleQuality } from '../../testing/quality-examples';
import { renderAddress } from '../../testing/render-address';
import { ALARMING_REPORT, interval, SPARSE_REPORT, WHOLE_REPORT } from '../../testing/report-examples';
import { exampleRound } from '../../testing/round-examples';
import { stubSite } from '../../testing/stub-site';

function show(report: RewardModelReport, search = '', more: Record<string, unknown> = {}) {
  const round = exampleRound();
  stubSite({
    'GET /api/session/': ADMIN,
    'GET /api/projects/7/': exampleProject(),
    'GET /api/rounds/5/': { ...round, reports: { ...round.reports, reward_model: report } },
    ...more,
  });
  return renderAddress(`/projects/7/rounds/5${search}`);
}

const control = (name: RegExp) => screen.findByRole('button', { name });

describe('a whole report', () => {
  it('gives each section a line with its headline and opens only accuracy at first', async () => {
    show(WHOLE_REPORT);
    expect(await control(/^Accuracy 74 % \(70–78 %\), \+23.0 points/)).toHaveAttribute('aria-expanded', 'true');
    expect(await control(/^Learning curve 500 more preferences for about \+2 points/)).toHaveAttribute(
      'aria-expanded',
      'false',
    );
    expect(screen.queryByText(/Not in this report/)).not.toBeInTheDocument();
    expect(screen.getByText(/what most of them want/)).toBeVisible();
  });

  it('keeps what is open in the address', async () => {
    const { router } = show(WHOLE_REPORT);
    await userEvent.click(await control(/^Drift/));
    await waitFor(() => expect(router.state.location.search).toEqual({ sections: 'accuracy.drift' }));
    expect(screen.getByText('+2.0 points (−1.0 to +5.0)')).toBeVisible();
    await userEvent.click(await control(/^Accuracy/));
    await waitFor(() => expect(router.state.location.search).toEqual({ sections: 'drift' }));
  });

  it('opens the section that the hash names', async () => {
    show(WHOLE_REPORT, '#report-feedback');
    expect(await control(/^Feedback trained on 4 kinds/)).toHaveAttribute('aria-expanded', 'true');
    expect(screen.getByText('Corrections')).toBeVisible();
  });

  it('draws curves with their numbers and intervals in a table', async () => {
    show(WHOLE_REPORT, '?sections=learning-curve.best-of-n');
    expect(
      await screen.findByRole('img', {
        name: /measured: from 62 % at 65 to 74 % at 520; forecast: .* to 77.5 % at 1560/,
      }),
    ).toBeInTheDocument();
    const numbers = within(
      screen.getByRole('region', { name: 'Numbers of Held-out accuracy by preferences', hidden: true }),
    );
    expect(numbers.getByRole('row', { name: /^65 62 % \(56 % to 68 %\)/, hidden: true })).toBeInTheDocument();
    await userEvent.click(screen.getByRole('radio', { name: 'By n' }));
    expect(screen.getByRole('img', { name: /from 50 % at 1 to 66 % at 8/ })).toBeInTheDocument();
  });

  it('names labelers where their names are known and links to their figures', async () => {
    show(WHOLE_REPORT, '?sections=labelers', {
      'GET /api/projects/7/quality/': exampleQuality({ labelers: [exampleLabeler(12, { username: 'ben' })] }),
    });
    expect(await screen.findByRole('link', { name: 'ben' })).toHaveAttribute('href', '/projects/7/quality?labeler=12');
    expect(screen.getByRole('link', { name: 'labeler 13' })).toBeVisible();
    const rows = within(screen.getByRole('region', { name: 'Labelers as the reward model weighs them' })).getAllByRole(
      'row',
    );
    expect(rows[1]).toHaveTextContent('labeler 13');
  });

  it('lists refused verdicts and leads to the review room', async () => {
    show(WHOLE_REPORT, '?sections=smoothing');
    expect(await screen.findByRole('row', { name: '31 4 % 3' })).toBeVisible();
    expect(screen.getByRole('link', { name: 'review room' })).toHaveAttribute(
      'href',
      '/projects/7/review?kind=contradiction',
    );
    expect(screen.getByText(/how far labels moved/i)).toHaveTextContent('220 labels');
  });

  it('shows loops of self-labeling and how principles are obeyed', async () => {
    show(WHOLE_REPORT, '?sections=self-labels.principles');
    expect(
      await screen.findByRole('row', {
        name: /^1 tell good from bad 120 900 75 % .* \+1.0 points \(−1.0 to \+3.0\) kept$/,
      }),
    ).toBeVisible();
    expect(screen.getByRole('row', { name: /^no slang 20 – – −0.200$/ })).toBeVisible();
  });
});

describe('self-labels that people audit', () => {
  const audit = { audited: 10, judged: 6, items: wholeList([]) };
  const showAudit = (part: object) =>
    show(WHOLE_REPORT, '?sections=self-labels', { 'GET /api/models/21/self-labels/': { ...audit, ...part } });

  it('shows how many of them people confirm by now', async () => {
    showAudit({ precision: interval(0.9, 0.1, 6), stopped: null });
    expect(await screen.findByText('6 of 10 pairs')).toBeVisible();
    expect(screen.getByText(/\(80–100 %, n = 6\)/)).toBeVisible();
    expect(screen.getByText('The next reward model may label pairs itself.')).toBeVisible();
  });

  it('says why there will be no further ones', async () => {
    showAudit({ precision: null, stopped: 'People confirm too few of them.' });
    expect(await screen.findByText('no verdict yet')).toBeVisible();
    expect(screen.getByText('People confirm too few of them.')).toBeVisible();
  });
});

describe('a report with alarms', () => {
  it('opens what is bad and says what to do', async () => {
    show(ALARMING_REPORT);
    expect(await control(/^Probes alarm: length/)).toHaveAttribute('aria-expanded', 'true');
    expect(screen.getByText('Length moves the reward')).toBeVisible();
    expect(screen.getByText(/a policy tuned against this reward model would learn it/)).toHaveTextContent(
      'the shorter completion is the better one',
    );
    expect(screen.getByText('Choosing among 16 is clearly worse than among fewer')).toBeVisible();
    expect(await control(/^Drift/)).toHaveAttribute('aria-expanded', 'true');
    expect(await control(/^Parts 1 clearly worse/)).toHaveAttribute('aria-expanded', 'false');
  });
});

it('lists who is of which group only where there are two', async () => {
  show(ALARMING_REPORT, '?sections=groups');
  const table = within(await screen.findByRole('region', { name: 'Labelers by group' }));
  expect(table.getAllByRole('row')[1]).toHaveTextContent('labeler 13');
});

it('says why there is no curve', async () => {
  const curve = { points: [], forecasts: [], says: 'Too few prompts for a curve.' };
  show({ ...WHOLE_REPORT, learning_curve: curve }, '?sections=learning-curve');
  expect(await screen.findAllByText('Too few prompts for a curve.')).toHaveLength(2);
  expect(screen.queryByRole('img', { name: /Held-out accuracy by preferences/ })).not.toBeInTheDocument();
});

describe('a sparse report', () => {
  it('shows what there is, and says why the rest is not there', async () => {
    show(SPARSE_REPORT);
    expect(await control(/^Calibration off by 6 % on average/)).toBeVisible();
    expect(screen.queryByRole('button', { name: /^Probes/ })).not.toBeInTheDocument();
    expect(screen.getByText('Smoothed labels are off.')).toBeVisible();
    expect(screen.getByRole('link', { name: 'settings of the reward model' })).toHaveAttribute(
      'href',
      '/projects/7/settings',
    );
  });
});

it('shows the first ten parts and the others on demand', async () => {
  const slices = Array.from({ length: 14 }, (_, index) => ({
    name: `tag: t${index}`,
    accuracy: { value: 0.5 + index / 100, low: 0.4, high: 0.9, n: 30 },
    calibration_error: null,
    temperature: null,
  }));
  show({ ...WHOLE_REPORT, slices }, '?sections=slices');
  const table = within(await screen.findByRole('region', { name: 'Accuracy by part' }));
  expect(table.getAllByRole('row')).toHaveLength(11);
  expect(table.getAllByRole('row')[1]).toHaveTextContent('tag: t0');
  await userEvent.click(screen.getByRole('button', { name: 'Show all 14' }));
  expect(table.getAllByRole('row')).toHaveLength(15);
});
