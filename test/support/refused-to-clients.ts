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

/** A body with a secret that the client has not. */
export const WRONG_SECRET = '{"client_secret":"wrong secret"}';

const BAD_REGISTRATION: Refused = { body: '{"redirect_uris":["https://desktop.example.com/callback#top"]}' };
const NO_JSON: Refused = { body: '{"redirect_uris"' };
const BAD_IF_MATCH: Refused = { headers: { 'if-match': '1' } };

/** Requests at the public listener that are refused for what is in them; one for each documented body. */
export const REFUSED_TO_CLIENTS: [operationId: string, status: number, requests: Refused[]][] = [
  ['createOidcDynamicClient', 400, [BAD_REGISTRATION, { body: WRONG_SECRET }, NO_JSON]],
  [
    'setOidcDynamicClient',
    400,
    [BAD_REGISTRATION, { body: '{"client_id":"another"}' }, { body: WRONG_SECRET }, NO_JSON, BAD_IF_MATCH],
  ],
  ['setOidcDynamicClient', 429, [{ id: 'guessed', body: WRONG_SECRET }]],
  ['deleteOidcDynamicClient', 400, [BAD_IF_MATCH]],
];

/** Is it a path of the public listener? */
export function isPublic(path: string): boolean {
  return path.startsWith('/oauth2/');
}
