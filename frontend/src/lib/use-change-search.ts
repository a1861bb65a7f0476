import { useNavigate } from '@tanstack/react-router';

/** Puts something into the address beside what stands there, without a step in the history; undefined takes it out. */
export function useChangeSearch(): (part: Record<string, unknown>) => void {
  const navigate = useNavigate();
  return (part) =>
    void navigate({
      to: '.',
      search: ((before: Record<string, unknown>) => ({ ...before, ...part })) as never,
      replace: true,
      resetScroll: false,
    });
}
