import { request as nodeRequest } from 'node:http';
import { connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { KEY_HEADERS } from './full-key.mjs';

/** An answer as tests look at it. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
  /** `{}` when the answer is not JSON. */
  body: Record<string, unknown>;
}

/** A request as tests write it. */
export interface Call {
  method?: string;
  /** Text and bytes are sent as they are, all else as JSON. */
  body?: unknown;
  /** The content type is JSON unless they say otherwise. */
  headers?: Record<string, string>;
  /** Closes the connection when it is aborted. */
  signal?: AbortSignal;
}

declare global {
  /** Compares an answer with the OpenAPI document; the environment of the tests sets it. */
  var faultOfAnswer: (typeof import('./document.mjs'))['faultOfAnswer'];
}

/** Fails the test unless an answer is as the OpenAPI document says. */
export function requireDocumented(sent: Parameters<typeof faultOfAnswer>[0]): void {
  const fault = faultOfAnswer(sent);
  if (fault) throw new Error(fault);
}

function answer(
  asked: { method?: string | undefined; path: string },
  status: number,
  headers: Record<string, string>,
  text: string,
): Answer {
  requireDocumented({ ...asked, status, headers, text });
  const isJson = text !== '' && /json/.test(headers['content-type'] ?? '');
  return { status, headers, text, body: (isJson ? JSON.parse(text) : {}) as Record<string, unknown> };
}

/** Sends a request and reads the whole answer. */
export async function request(url: string | URL, { method, body, headers, signal }: Call = {}): Promise<Answer> {
  const isRaw = body === undefined || typeof body === 'string' || ArrayBuffer.isView(body);
  const response = await fetch(url, {
    method,
    ...(signal && { signal }),
    body: isRaw ? (body as string | Uint8Array | undefined) : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...KEY_HEADERS, ...headers },
  });
  const asked = { method, path: new URL(url).pathname };
  return answer(asked, response.status, Object.fromEntries(response.headers), await response.text());
}

/** Headers, as an object or as a list of names and values, with the key of the tests. */
function withKey(headers: Record<string, string> | string[]): Record<string, string> | string[] {
  return Array.isArray(headers) ? [...Object.entries(KEY_HEADERS).flat(), ...headers] : { ...KEY_HEADERS, ...headers };
}

/** A request as it stands: with headers and a spelling of the path that `fetch` would change, following no redirect. */
export function rawRequest(
  url: string,
  {
    body = '',
    path,
    headers = {},
    ...options
  }: { method?: string; path?: string; headers?: Record<string, string> | string[]; body?: string },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all = { ...options, headers: withKey(headers), ...(path && { path }) };
    const call = nodeRequest(url, all, (response) => {
      const received = response.headers as Record<string, string>;
      const asked = { method: options.method, path: (path ?? new URL(url).pathname).replace(/\?.*/, '') };
      textOf(response)
        .then((text) => resolve(answer(asked, response.statusCode ?? 0, received, text)))
        .catch(reject);
    });
    call.on('error', reject).end(body);
  });
}

export function post(url: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
  return request(url, { method: 'POST', body, headers });
}

/** What a connection answers to these bytes, until the server closes it. */
export async function answerTo(url: string, bytes: string): Promise<{ head: string; body: string }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const key = Object.entries(KEY_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(bytes.replace(/^\S+ \S+ HTTP\/1\.[01]\r\n/, `$&${key.join('')}`));
  const [head = '', body = ''] = (await textOf(socket)).split('\r\n\r\n');
  return { head, body };
}

/** Creates a client. */
export function postClient(url: string, body: unknown, path = '/admin/clients'): Promise<Answer> {
  return post(url + path, body);
}

/** Reads a client. */
export function getClient(url: string, id: string): Promise<Answer> {
  return request(`${url}/admin/clients/${encodeURIComponent(id)}`);
}

/** The entity tag of an answer. */
export function tagOf({ headers }: Pick<Answer, 'headers'>): string {
  return headers['etag'] ?? '';
}

/** The version that an entity tag holds. */
export function versionOf(etag: string): number {
  return Number(/^"[^.]+\.(\d+)\.\d+"$/.exec(etag)?.[1]);
}
