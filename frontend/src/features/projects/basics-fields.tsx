import { Textarea, TextInput } from '@mantine/core';

interface Basics {
  name: string;
  description: string;
}

interface BasicsFieldsProps {
  value: Basics;
  problems: Record<string, string>;
  onChange: (part: Partial<Basics>) => void;
}

/** A project's name and description. */
export function BasicsFields({ value, problems, onChange }: BasicsFieldsProps) {
  return (
    <>
      <TextInput
        label="Name"
        value={value.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
        error={problems.name}
        maxLength={120}
        required
      />
      <Textarea
        label="Description"
        description="One or two sentences for the project list."
        value={value.description}
        onChange={(event) => onChange({ description: event.currentTarget.value })}
        error={problems.description}
        autosize
        minRows={2}
      />
    </>
  );
}
