import { Kbd, Modal, Table } from '@mantine/core';
import { keyTable } from './key-table';
import type { QuestionForm } from './label-state';

interface KeysDialogProps {
  form: QuestionForm | null;
  opened: boolean;
  onClose: () => void;
}

export function KeysDialog({ form, opened, onClose }: KeysDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="All keys" size="md">
      <Table>
        <Table.Tbody>
          {keyTable(form).map(({ keys, meaning }) => (
            <Table.Tr key={meaning}>
              <Table.Th scope="row" w={120}>
                {keys.map((key) => (
                  <Kbd key={key} mr={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Th>
              <Table.Td>{meaning}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
