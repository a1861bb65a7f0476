import { Button, Group, Modal, Radio, Stack, TagsInput, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type FormEvent, useState } from 'react';
import { ProblemAlert } from '../../components/problem-alert';
import type { Member } from '../../lib/api-types';
import { warmUpWords } from './member-words';
import { useChangeMember } from './use-change-member';

interface MemberEditProps {
  projectId: number;
  member: Member;
  /** Groups that the project knows: of other members and of the qualifications. */
  knownGroups: readonly string[];
}

const ROLES: readonly { value: Member['role']; label: string; description: string }[] = [
  { value: 'labeler', label: 'Labeler', description: 'Compares completions and sees the own history.' },
  {
    value: 'reviewer',
    label: 'Reviewer',
    description: 'Labels, and settles disagreements in the review room, without seeing names.',
  },
  {
    value: 'admin',
    label: 'Admin',
    description: 'Sees all preferences, starts rounds, promotes policies and invites people.',
  },
];

/** A member’s role and groups, and the decision about their warm-up. */
export function MemberEdit({ projectId, member, knownGroups }: MemberEditProps) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={open} aria-label={`Change ${member.username}`}>
        Change
      </Button>
      <Modal opened={opened} onClose={close} title={`Change ${member.username}`}>
        <MemberForm projectId={projectId} member={member} knownGroups={knownGroups} onDone={close} />
      </Modal>
    </>
  );
}

function MemberForm({ projectId, member, knownGroups, onDone }: MemberEditProps & { onDone: () => void }) {
  const [role, setRole] = useState(member.role);
  const [groups, setGroups] = useState(member.groups);
  const change = useChangeMember(projectId, member.user_id, onDone);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ role: role === member.role ? null : role, groups, warmed_up: null });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Radio.Group
          label="Role"
          value={role}
          onChange={(value) => setRole(ROLES.find((known) => known.value === value)?.value ?? role)}
        >
          <Stack gap="xs" mt="xs">
            {ROLES.map(({ value, label, description }) => (
              <Radio key={value} value={value} label={label} description={description} />
            ))}
          </Stack>
        </Radio.Group>
        <TagsInput
          label="Groups"
          description="Prompts can ask for a group; the settings say which (Who may label what)."
          data={[...knownGroups]}
          value={groups}
          onChange={setGroups}
          maxLength={60}
          comboboxProps={{ withinPortal: false }}
        />
        <WarmUpDecision
          member={member}
          isPending={change.isPending}
          onDecide={(warmedUp) => change.mutate({ role: null, groups: null, warmed_up: warmedUp })}
        />
        <ProblemAlert error={change.error} title="That could not be changed" />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button type="submit" loading={change.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface WarmUpDecisionProps {
  member: Member;
  isPending: boolean;
  onDecide: (warmedUp: boolean) => void;
}

function WarmUpDecision({ member, isPending, onDecide }: WarmUpDecisionProps) {
  const words = warmUpWords(member);
  return (
    <div>
      <Text size="sm" fw={500}>
        Warm-up
      </Text>
      <Text size="sm" c="dimmed" mb="xs">
        {words ? `${words.label}.` : 'Not begun, or the project has none.'}
      </Text>
      <Group gap="xs">
        {member.warmed_up_at === null && (
          <Button size="compact-xs" variant="default" loading={isPending} onClick={() => onDecide(true)}>
            Let in without it
          </Button>
        )}
        {(member.warm_up !== null || member.warmed_up_at !== null) && (
          <Button size="compact-xs" variant="default" loading={isPending} onClick={() => onDecide(false)}>
            Let try again
          </Button>
        )}
      </Group>
    </div>
  );
}
