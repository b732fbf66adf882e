/** An answer as tests look at it. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
  body: Record<string, unknown>;
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text,
    body: (isJson ? JSON.parse(text) : {}) as Record<string, unknown>,
  };
}

/** Sends a body as it is; JSON unless `headers` say otherwise. */
export async function post(
  url: string,
  body: string | Uint8Array | undefined,
  headers: Record<string, string> = { 'content-type': 'application/json' },
): Promise<Answer> {
  return read(await fetch(url, { method: 'POST', body, headers }));
}

/** Creates a client. */
export function postClient(url: string, body: unknown, path = '/admin/clients'): Promise<Answer> {
  return post(url + path, JSON.stringify(body));
}

/** Reads a client. */
export async function getClient(url: string, id: string): Promise<Answer> {
  return read(await fetch(`${url}/admin/clients/${encodeURIComponent(id)}`));
}
