import createClient, { type Middleware } from 'openapi-fetch';
import { Problem, problemFrom } from './problem';
import type { paths } from './schema';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Django's token against cross-site requests; the cookie comes with the first `GET /api/session/`. */
export function csrfToken(): string {
  return /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? '';
}

const guard: Middleware = {
  onRequest({ request }) {
    if (!SAFE_METHODS.has(request.method)) request.headers.set('X-CSRFToken', csrfToken());
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await problemFrom(response);
    return response;
  },
  onError({ error }) {
    if (error instanceof Problem || (error instanceof DOMException && error.name === 'AbortError')) return;
    return new Problem(0, 'network/unreachable', 'The site cannot be reached. Check the connection and try again.');
  },
};

/** The typed client of the HTTP API: every failure is thrown as a `Problem`. */
export const api = createClient<paths>({
  // Absolute, since requests are built before they are sent; looked up late, so that tests can put theirs in place.
  baseUrl: window.location.origin,
  fetch: (request) => window.fetch(request),
});
api.use(guard);

/** The body of a successful answer. */
export async function answer<Data>(call: Promise<{ data?: Data }>): Promise<Data> {
  const { data } = await call;
  return data as Data;
}
