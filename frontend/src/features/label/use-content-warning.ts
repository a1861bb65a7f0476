import { useState } from 'react';

/** Texts of warnings that were accepted since the page was loaded, by project. */
const accepted = new Map<number, string>();

/** Whether the project's warning was read in this visit; a changed one is read again. */
export function useContentWarning(projectId: number, warning: string): { open: boolean; accept: () => void } {
  const [, setCount] = useState(0);
  return {
    open: warning.trim() !== '' && accepted.get(projectId) !== warning,
    accept: () => {
      accepted.set(projectId, warning);
      setCount((count) => count + 1);
    },
  };
}
