import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../../api/session';

/** Makes sure that the cookie which a first write needs is there; reading the session sets it. */
export function useCsrfCookie() {
  return useQuery({ ...sessionQuery, staleTime: 0 });
}
