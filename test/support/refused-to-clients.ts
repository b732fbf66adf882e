import { post, request } from './http.js';

/** A request of an operation that is refused. */
export interface Refused {
  /** Default that of the document's example: a client that exists. */
  id?: string;
  query?: string;
  /** Default 1. */
  version?: string;
  body?: string;
  headers?: Record<string, string>;
}

/** The client that manages itself; in the examples of the document it has this id. */
export const SELF = '0198c5a0-5b3f-4a57-9d3c-0f6c1e1f2a3b';

/** A request of a web page of somebody else. */
export const FOREIGN_PAGE: Refused = { headers: { origin: 'https://evil.example' } };

/** A body with a secret that the client has not. */
const WRONG_SECRET = '{"client_secret":"wrong secret"}';

/** A registration from a source that is not that of other requests. */
const FROM_REGISTERED = {
  body: '{"redirect_uris":["https://desktop.example.com/callback"]}',
  headers: { 'x-forwarded-for': '203.0.113.7' },
} satisfies Refused;

const BAD_REGISTRATION: Refused = { body: '{"redirect_uris":["https://desktop.example.com/callback#top"]}' };
const NO_JSON: Refused = { body: '{"redirect_uris"' };
const BAD_IF_MATCH: Refused = { headers: { 'if-match': '1' } };
const IN_QUERY: Refused = { query: '?access_token=oart_1' };

/** Requests at the public listener that are refused for what is in them; one for each documented body. */
export const REFUSED_TO_CLIENTS: [operationId: string, status: number, requests: Refused[]][] = [
  ['createOidcDynamicClient', 400, [BAD_REGISTRATION, { body: WRONG_SECRET }, NO_JSON, IN_QUERY]],
  // The one client that may register itself has done so.
  ['createOidcDynamicClient', 403, [FOREIGN_PAGE, { body: FROM_REGISTERED.body }]],
  ['createOidcDynamicClient', 429, [FROM_REGISTERED]],
  [
    'setOidcDynamicClient',
    400,
    [BAD_REGISTRATION, { body: '{"client_id":"another"}' }, { body: WRONG_SECRET }, NO_JSON, IN_QUERY, BAD_IF_MATCH],
  ],
  ['setOidcDynamicClient', 429, [{ id: 'guessed', body: WRONG_SECRET }]],
  ['getOidcDynamicClient', 400, [IN_QUERY]],
  ['deleteOidcDynamicClient', 400, [BAD_IF_MATCH, IN_QUERY]],
];

/**
 * Makes the clients of which these requests are refused, and sends what counts against them.
 *
 * @param headers with which clients are created by the admin API
 * @returns registration access tokens by client
 */
export async function refusedClients(
  { url, publicUrl }: { url: string; publicUrl: string },
  headers: Record<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const require = (status: number, expected: number) => {
    if (status !== expected) throw new Error(`A request was answered with ${status}, not ${expected}.`);
  };
  require((await request(`${publicUrl}/oauth2/register`, { method: 'POST', ...FROM_REGISTERED })).status, 201);
  const tokens = new Map<string, string>();
  for (const client_id of [SELF, 'guessed']) {
    const { body } = await post(`${url}/admin/clients`, { client_id }, headers);
    tokens.set(client_id, String(body['registration_access_token']));
  }
  const guessing = { authorization: `Bearer ${tokens.get('guessed')}` };
  for (let guess = 0; guess < 30; guess += 1) {
    const guessed = { method: 'PUT', body: WRONG_SECRET, headers: guessing };
    require((await request(`${publicUrl}/oauth2/register/guessed`, guessed)).status, 400);
  }
  return tokens;
}
