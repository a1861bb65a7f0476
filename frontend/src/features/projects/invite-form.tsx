import { Button, Group, NumberInput, Select } from '@mantine/core';
import { type FormEvent, useState } from 'react';

export interface InviteTerms {
  role: 'admin' | 'reviewer' | 'labeler';
  max_uses: number;
  days: number;
}

interface InviteFormProps {
  isPending: boolean;
  onCreate: (terms: InviteTerms) => void;
}

const ROLES: { value: InviteTerms['role']; label: string }[] = [
  { value: 'labeler', label: 'Labeler' },
  { value: 'reviewer', label: 'Reviewer' },
  { value: 'admin', label: 'Admin' },
];

/** Role, number of uses and days of a new invite link. */
export function InviteForm({ isPending, onCreate }: InviteFormProps) {
  const [terms, setTerms] = useState<InviteTerms>({ role: 'labeler', max_uses: 1, days: 7 });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onCreate(terms);
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap="sm">
        <Select
          label="Role"
          data={ROLES}
          value={terms.role}
          allowDeselect={false}
          onChange={(role) =>
            setTerms({ ...terms, role: ROLES.find(({ value }) => value === role)?.value ?? 'labeler' })
          }
          w={140}
        />
        <NumberInput
          label="People"
          value={terms.max_uses}
          min={1}
          max={1000}
          allowDecimal={false}
          onChange={(value) => setTerms({ ...terms, max_uses: Number(value) || 1 })}
          w={110}
        />
        <NumberInput
          label="Days valid"
          value={terms.days}
          min={1}
          max={365}
          allowDecimal={false}
          onChange={(value) => setTerms({ ...terms, days: Number(value) || 1 })}
          w={110}
        />
        <Button type="submit" variant="default" loading={isPending}>
          Make link
        </Button>
      </Group>
    </form>
  );
}
