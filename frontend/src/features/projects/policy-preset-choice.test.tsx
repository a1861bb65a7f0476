import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { beforeEach, describe, expect, it } from 'vitest';
import openapi from '../../../openapi.json';
import { SettingsForm } from '../../components/settings-form';
import { type JsonSchema, type SettingsDocument, sectionsOfSchema } from '../../lib/json-schema';
import { BASIC_SETTINGS } from '../../lib/settings-basics';
import { stubSite } from '../../testing/stub-site';
import { PRESETS } from '../../testing/tuning-examples';
import { PolicyPresetChoice } from './policy-preset-choice';

const SECTIONS = sectionsOfSchema({
  $defs: openapi.components.schemas as unknown as Record<string, JsonSchema>,
  properties: { policy: { $ref: '#/components/schemas/PolicyConfig' } },
});
const SAVED: SettingsDocument = {
  policy: Object.fromEntries(
    SECTIONS.flatMap(({ fields }) => fields).map(({ path, standard }) => [path.replace('policy.', ''), standard]),
  ),
};

function Harness() {
  const [value, setValue] = useState(SAVED);
  return (
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient()}>
        <SettingsForm
          sections={SECTIONS}
          value={value}
          saved={SAVED}
          basic={BASIC_SETTINGS}
          errors={{}}
          offered={{ 'policy.unsafe_flags': ['hate', 'harm'] }}
          onChange={setValue}
          leads={{
            policy: <PolicyPresetChoice sections={SECTIONS} value={value} saved={SAVED} onChange={setValue} />,
          }}
        />
      </QueryClientProvider>
    </MantineProvider>
  );
}

async function choose(label: string, option: string) {
  await userEvent.click(await screen.findByRole('combobox', { name: label }));
  await userEvent.click(await screen.findByRole('option', { name: option }));
}

beforeEach(() => {
  stubSite({ 'GET /api/policy-presets/': PRESETS });
});

describe('the settings of policy tuning', () => {
  it('name the preset that they are, and what an empty KL penalty means', async () => {
    render(<Harness />);
    expect(await screen.findByRole('combobox', { name: 'Start from a preset' })).toHaveValue('RLOO');
    expect(screen.getByRole('textbox', { name: 'KL coef' })).toHaveAttribute(
      'placeholder',
      'as the pre-flight suggests',
    );
    expect(screen.getByText(/settings that RLOO does not read are not shown/)).toBeVisible();
  });

  it('are filled in by a preset, which says what it changed and where it is from', async () => {
    render(<Harness />);
    await choose('Start from a preset', 'PPO-max, as shipped');
    expect(screen.getByRole('textbox', { name: 'KL coef' })).toHaveValue('0.01');
    expect(screen.getByText(/^Changed and not saved: Method RLOO → PPO; KL coef as the pre-flight/)).toBeVisible();
    expect(screen.getByRole('link', { name: 'arXiv:2307.04964' })).toBeVisible();
    expect(screen.getByRole('heading', { name: 'Critic' })).toBeVisible();
  });

  it('show what the chosen method reads, and offer the flags of the question form', async () => {
    render(<Harness />);
    expect(screen.queryByRole('combobox', { name: 'Unsafe flags' })).not.toBeInTheDocument();
    await choose('Method', 'BFPO');
    expect(await screen.findByRole('combobox', { name: 'Start from a preset' })).toHaveValue('');
    expect(screen.queryByRole('textbox', { name: 'KL coef' })).not.toBeInTheDocument();
    await choose('Unsafe flags', 'harm');
    expect(screen.getByText(/Unsafe flags all flags → harm/)).toBeVisible();
  });
});
