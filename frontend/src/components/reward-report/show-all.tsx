import { Box, Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';

interface ShowAllProps<Row> {
  rows: readonly Row[];
  children: (rows: readonly Row[]) => ReactNode;
}

const SHOWN = 10;

/** The first ten rows, and a button for the rest. */
export function ShowAll<Row>({ rows, children }: ShowAllProps<Row>) {
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? rows : rows.slice(0, SHOWN);
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
