import { queryOptions } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import type { Operation } from './label-state';

const REFRESH_MS = 30_000;

/** What this labeler has done in the project and what is left. */
export const meQuery = (projectId: number) =>
  queryOptions({
    queryKey: ['projects', projectId, 'me'],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/projects/{project_id}/me/', { params: { path: { project_id: projectId } }, signal })),
    refetchInterval: REFRESH_MS,
  });

interface Counts {
  done_today: number;
  done_total: number;
  remaining: number;
}

/** The counts after the site confirmed an operation, until they are asked for again. */
export function withOperation<Me extends Counts>(me: Me, operation: Operation): Me {
  const verdicts = verdictChange(operation);
  return { ...me, done_today: me.done_today + verdicts, done_total: me.done_total + verdicts };
}

function verdictChange(operation: Operation): number {
  if (operation.type === 'undo') return operation.wasVerdict ? -1 : 0;
  return operation.answer.kind === 'skip' ? 0 : 1;
}
