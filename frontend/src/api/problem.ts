/** A request that failed, as the site's problem details (RFC 9457) describe it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Stable `area/what`; `network/unreachable` when no answer came. */
  readonly code: string;
  readonly fields: Readonly<Record<string, string[]>>;
  /** Everything else that the answer carried. */
  readonly data: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, detail: string, fields: Record<string, string[]> = {}, data = {}) {
    super(detail);
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.data = data;
  }
}

/** True when the same request may succeed later without a change: no connection, an overloaded or failing site. */
export function isPassing(error: unknown): boolean {
  return error instanceof Problem && (error.status === 0 || error.status === 429 || error.status >= 500);
}

export async function problemFrom(response: Response): Promise<Problem> {
  const text = await response.text().catch(() => '');
  const body = parsedObject(text);
  const { type: _type, title, status: _status, code, detail, fields, ...data } = body;
  return new Problem(
    response.status,
    typeof code === 'string' ? code : `http/${response.status}`,
    typeof detail === 'string' ? detail : statusSentence(response.status, title),
    fieldMessages(fields),
    data,
  );
}

function parsedObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function fieldMessages(fields: unknown): Record<string, string[]> {
  if (typeof fields !== 'object' || fields === null) return {};
  return Object.fromEntries(
    Object.entries(fields).map(([field, messages]) => [field, Array.isArray(messages) ? messages.map(String) : []]),
  );
}

function statusSentence(status: number, title: unknown): string {
  if (status >= 500)
    return `The server failed (${status}). Try again; if it stays, an admin finds the cause in the log.`;
  return `The server answered ${status}${typeof title === 'string' ? ` ${title}` : ''}.`;
}
