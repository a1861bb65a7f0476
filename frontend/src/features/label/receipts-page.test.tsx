import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { renderAddress } from '../../testing/render-address';
import { LABELER, ME, PROJECT } from '../../testing/site-examples';
import { stubSite } from '../../testing/stub-site';
import type { Receipts } from './receipts-query';

const label = {
  preference_id: 3,
  kind: 'prefer' as const,
  prompt: [{ role: 'user' as const, content: 'Why do rivers bend?' }],
  left: { text: 'Erosion.' },
  right: { text: 'The moon.' },
  completions: [{ text: 'Erosion.' }, { text: 'The moon.' }],
  side: 'left' as const,
  strength: 2,
  ranking: null,
  before: 0.41,
  after: 0.83,
  held_out: 0.6,
  pull: 0.7,
};
const RECEIPTS: Receipts = {
  round: { number: 2, finished_at: '2026-01-01T10:00:00Z' },
  reward_model_number: 4,
  labels: 31,
  agree_share: 0.74,
  flips: 1,
  moved: [label],
  flipped: [],
  contradicted: [],
};

function site(receipts: Receipts) {
  stubSite({
    'GET /api/session/': LABELER,
    'GET /api/projects/7/': PROJECT,
    'GET /api/projects/7/me/': ME,
    'GET /api/projects/7/receipts/': receipts,
  });
  renderAddress('/projects/7/receipts');
}

describe('the receipts', () => {
  it('say what each label did to the model', async () => {
    site(RECEIPTS);
    expect(await screen.findByText('31')).toBeVisible();
    expect(screen.getByText('74 %')).toBeVisible();
    const row = screen.getByText('Why do rivers bend?').closest('li') as HTMLElement;
    expect(row).toHaveTextContent('Left better');
    expect(row).toHaveTextContent('41 % → 83 %');
    expect(within(row).getByText(/Without having seen this label, it gave your verdict 60 %/)).toBeInTheDocument();
    expect(screen.getByText('It gives each of your verdicts a fair chance.')).toBeVisible();
  });

  it('say that none are there before the first round', async () => {
    site({ ...RECEIPTS, round: null, reward_model_number: null, labels: 0, moved: [] });
    expect(await screen.findByRole('heading', { name: 'No receipts yet' })).toBeVisible();
  });

  it('say when a round used none of one’s own labels', async () => {
    site({ ...RECEIPTS, labels: 0, moved: [], agree_share: null });
    expect(await screen.findByRole('heading', { name: 'Round 2 did not use labels of yours' })).toBeVisible();
  });
});
