import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, it } from 'vitest';
import type { SettingMap } from '../lib/json-schema';
import { MapInput } from './map-input';

function Harness({ start }: { start: SettingMap }) {
  const [value, setValue] = useState(start);
  return (
    <MantineProvider env="test">
      <MapInput label="Who" name="queue.qualifications" value={value} onChange={setValue} />
      <button type="button" onClick={() => setValue(start)}>
        Take back
      </button>
      <output>{JSON.stringify(value)}</output>
    </MantineProvider>
  );
}

it('counts a row once both of its names are there, and takes rows away', async () => {
  render(<Harness start={{ medical: 'nurses' }} />);
  await userEvent.click(screen.getByRole('button', { name: 'Add a row' }));
  await userEvent.type(screen.getByRole('textbox', { name: 'Who: prompt tag 2' }), 'law');
  expect(screen.getByRole('status')).toHaveTextContent('{"medical":"nurses"}');
  await userEvent.type(screen.getByRole('textbox', { name: 'Who: group 2' }), 'jurists');
  expect(screen.getByRole('status')).toHaveTextContent('{"medical":"nurses","law":"jurists"}');
  await userEvent.click(screen.getByRole('button', { name: 'Remove medical' }));
  expect(screen.getByRole('status')).toHaveTextContent('{"law":"jurists"}');
});

it('shows the rows of another document that is put in its place', async () => {
  render(<Harness start={{ medical: 'nurses' }} />);
  await userEvent.type(screen.getByRole('textbox', { name: 'Who: group 1' }), ' and doctors');
  await userEvent.click(screen.getByRole('button', { name: 'Take back' }));
  expect(screen.getByRole('textbox', { name: 'Who: group 1' })).toHaveValue('nurses');
});
