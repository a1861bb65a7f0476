import { vi } from 'vitest';

export interface StubbedCall {
  method: string;
  path: string;
  body: unknown;
}

type Reply = unknown | ((call: StubbedCall) => unknown);

/** An answer with a status other than 200: a problem, or no content. */
export class StubbedAnswer {
  constructor(
    readonly status: number,
    readonly body: unknown,
  ) {}
}

/**
 * A site that answers from a table `"METHOD /path/": body`, in place of the network. What is not in the table is a 404
 * problem. Only tests import this.
 *
 * Returns: the calls made, in order.
 */
export function stubSite(replies: Record<string, Reply>): StubbedCall[] {
  const calls: StubbedCall[] = [];
  vi.spyOn(window, 'fetch').mockImplementation(async (input, init) => {
    const request =
      input instanceof Request ? input : new Request(new URL(String(input), window.location.origin), init);
    const text = await request.text();
    const call = {
      method: request.method,
      path: new URL(request.url).pathname,
      body: text ? (JSON.parse(text) as unknown) : null,
    };
    calls.push(call);
    return respond(replies[`${call.method} ${call.path}`], call);
  });
  return calls;
}

function respond(reply: Reply | undefined, call: StubbedCall): Response {
  const value = typeof reply === 'function' ? (reply as (made: StubbedCall) => unknown)(call) : reply;
  if (value === undefined) return json(404, { code: 'request/not-found', detail: `No stub for ${call.path}.` });
  if (value instanceof StubbedAnswer) return json(value.status, value.body);
  return json(200, value);
}

function json(status: number, body: unknown): Response {
  if (status === 204) return new Response(null, { status });
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
}
