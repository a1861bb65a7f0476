import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import { FIRST_PAGE, nextCursor } from './pages';

/** Everything cached about a project starts with this key. */
export function projectKey(id: number) {
  return ['projects', id] as const;
}

export function projectListQuery() {
  return infiniteQueryOptions({
    queryKey: ['projects', 'list'],
    queryFn: ({ pageParam, signal }) => answer(api.GET('/api/projects/', { params: { query: pageParam }, signal })),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}

export function projectDefaultsQuery() {
  return queryOptions({
    queryKey: ['projects', 'defaults'],
    queryFn: ({ signal }) => answer(api.GET('/api/projects/defaults/', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The shelf of policy tuning to start from. */
export function policyPresetsQuery() {
  return queryOptions({
    queryKey: ['policy-presets'],
    queryFn: ({ signal }) => answer(api.GET('/api/policy-presets/', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function projectQuery(id: number) {
  return queryOptions({
    queryKey: [...projectKey(id), 'detail'],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/projects/{project_id}/', { params: { path: { project_id: id } }, signal })),
  });
}

export function promptListQuery(id: number) {
  return infiniteQueryOptions({
    queryKey: [...projectKey(id), 'prompts'],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/projects/{project_id}/prompts/', {
          params: { path: { project_id: id }, query: pageParam },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}

export function memberListQuery(id: number) {
  return infiniteQueryOptions({
    queryKey: [...projectKey(id), 'members'],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/projects/{project_id}/members/', {
          params: { path: { project_id: id }, query: pageParam },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}

export function inviteListQuery(id: number) {
  return infiniteQueryOptions({
    queryKey: [...projectKey(id), 'invites'],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/projects/{project_id}/invites/', {
          params: { path: { project_id: id }, query: pageParam },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}

export function auditListQuery(id: number) {
  return infiniteQueryOptions({
    queryKey: [...projectKey(id), 'audit'],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/projects/{project_id}/audit/', {
          params: { path: { project_id: id }, query: pageParam },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}

export function formListQuery(id: number) {
  return infiniteQueryOptions({
    queryKey: [...projectKey(id), 'forms'],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/projects/{project_id}/forms/', {
          params: { path: { project_id: id }, query: pageParam },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}
