import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it } from 'vitest';
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
});
