import { Box, Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';

interface ShowAllProps<Row> {
  rows: readonly Row[];
  /** How many are shown at first. */
  first?: number;
  children: (rows: readonly Row[]) => ReactNode;
}

/** The first rows, and a button for the rest. */
export function ShowAll<Row>({ rows, first = 10, children }: ShowAllProps<Row>) {
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? rows : rows.slice(0, first);
  return (
    <Box w="100%">
      {children(shown)}
      {shown.length < rows.length && (
        <Button variant="default" size="xs" mt="sm" onClick={() => setIsWhole(true)}>
          Show all {rows.length.toLocaleString('en')}
        </Button>
      )}
    </Box>
  );
}
