import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { type SettingsDocument, sectionsOfSchema } from '../lib/json-schema';
import { SCHEMA, SETTINGS } from '../testing/admin-examples';
import { SettingsForm } from './settings-form';

const SECTIONS = sectionsOfSchema(SCHEMA);

function Harness({ errors = {} }: { errors?: Record<string, string> }) {
  const [value, setValue] = useState<SettingsDocument>(SETTINGS);
  return (
    <MantineProvider env="test">
      <SettingsForm
        sections={SECTIONS}
        value={value}
        saved={SETTINGS}
        basic={new Set(['queue.overlap', 'policy.method'])}
        errors={errors}
        onChange={setValue}
      />
      <output>{JSON.stringify(value)}</output>
    </MantineProvider>
  );
}

describe('SettingsForm', () => {
  it('renders a control for each field with its meaning, range and default', () => {
    render(<Harness />);
    expect(screen.getByRole('heading', { name: 'Queue' })).toBeVisible();
    const overlap = screen.getByRole('textbox', { name: 'Overlap' });
    expect(overlap).toHaveValue('1');
    expect(overlap).toHaveAccessibleDescription('Verdicts wanted. (1 to 20, default 1)');
    expect(screen.getByRole('combobox', { name: 'Method' })).toHaveValue('RLOO');
  });

  it('changes one value of the document and says what it was', async () => {
    render(<Harness />);
    const overlap = screen.getByRole('textbox', { name: 'Overlap' });
    await userEvent.clear(overlap);
    await userEvent.type(overlap, '3');
    expect(screen.getByRole('status')).toHaveTextContent('"overlap":3,"lease_seconds":300');
    expect(overlap).toHaveAccessibleDescription('Verdicts wanted. (1 to 20, default 1, was 1)');
  });

  it('keeps rare settings folded until they are opened', async () => {
    render(<Harness />);
    const [toggle] = screen.getAllByRole('button', { name: /Advanced/ });
    if (!toggle) throw new Error('no toggle');
    expect(toggle).toHaveAttribute('aria-expanded', 'false');
    await userEvent.click(toggle);
    expect(toggle).toHaveAttribute('aria-expanded', 'true');
  });

  it('puts a message at its field, and unfolds it', () => {
    render(<Harness errors={{ 'queue.lease_seconds': 'Permitted: at least 30.' }} />);
    const lease = screen.getByRole('textbox', { name: 'Lease seconds' });
    expect(lease).toBeInvalid();
    expect(lease).toHaveAccessibleDescription(expect.stringContaining('Permitted: at least 30.'));
    expect(screen.getAllByRole('button', { name: /Advanced/ })[0]).toHaveAttribute('aria-expanded', 'true');
  });

  it('finds a setting by a word of its meaning, folded or not, and says when there is none', async () => {
    render(<Harness />);
    const search = screen.getByRole('searchbox', { name: 'Find a setting' });
    await userEvent.type(search, 'lease seconds');
    expect(screen.getByRole('textbox', { name: 'Lease seconds' })).toBeVisible();
    expect(screen.queryByRole('heading', { name: 'Policy' })).not.toBeInTheDocument();
    await userEvent.type(search, ' hamster');
    expect(screen.getByText('No setting is called that or says so.')).toBeVisible();
  });

  it('puts settings of the reward model under headings, with switches and named choices', async () => {
    const schema = {
      properties: {
        reward_model: {
          description: 'How it is fitted.',
          properties: {
            evaluate: { type: 'boolean', title: 'Full evaluation', default: true, description: 'Probes.' },
            ties: { type: 'string', enum: ['rao_kupper', 'davidson'], default: 'rao_kupper', title: 'Ties' },
          },
        },
      },
    };
    const document = { reward_model: { evaluate: true, ties: 'davidson' } };
    const onChange = vi.fn();
    render(
      <MantineProvider env="test">
        <SettingsForm
          sections={sectionsOfSchema(schema)}
          value={document}
          saved={document}
          basic={new Set(['reward_model.evaluate'])}
          errors={{}}
          onChange={onChange}
        />
      </MantineProvider>,
    );
    expect(screen.getAllByRole('heading', { level: 4 }).map(({ textContent }) => textContent)).toEqual([
      'What it learns from',
      'Evaluation',
    ]);
    await userEvent.click(screen.getByRole('switch', { name: /Full evaluation/ }));
    expect(onChange).toHaveBeenCalledWith({ reward_model: { evaluate: false, ties: 'davidson' } });
    const ties = screen.getByRole('combobox', { name: 'Ties' });
    expect(ties).toHaveValue('Davidson');
    expect(ties).toHaveAccessibleDescription(expect.stringContaining('default Rao–Kupper'));
  });
});
