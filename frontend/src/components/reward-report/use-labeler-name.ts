import { useQuery } from '@tanstack/react-query';
import { qualityQuery } from '../../api/quality-queries';

/** Names of labelers, which a report does not hold: from the project's figures, else “labeler 12”. */
export function useLabelerName(projectId: number): (userId: number) => string {
  const { data } = useQuery({ ...qualityQuery(projectId), refetchInterval: false, retry: false });
  const names = new Map(data?.labelers.map(({ user_id: id, username }) => [id, username]));
  return (userId) => names.get(userId) ?? `labeler ${userId}`;
}
