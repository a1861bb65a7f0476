import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { RewardText, type Score } from './reward-text';

function show(score: Score) {
  render(
    <MantineProvider env="test">
      <RewardText {...score} />
    </MantineProvider>,
  );
}

it('shows a reward with the spread of the ensemble', () => {
  show({ reward: 1.5, sd: 0.25, ood: 0.9 });
  expect(screen.getByText('reward 1.50 ± 0.250')).toBeVisible();
  expect(screen.queryByText(/outside/)).not.toBeInTheDocument();
});

it('marks what lies outside of what the reward model was trained on', () => {
  show({ reward: 1.5, sd: 0.25, ood: 1.2 });
  expect(screen.getByText('outside what the reward model knows')).toBeVisible();
});

it('says nothing of what an older sample was not measured for', () => {
  show({ reward: -0.5, sd: null, ood: null });
  expect(screen.getByText('reward −0.500')).toBeVisible();
});
