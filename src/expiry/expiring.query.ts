import { pageToken, readPageToken } from '../http/query/page-token.js';
import {
  pageParameters,
  readParameters,
  readSize,
  wrong,
  type ParametersOf,
  type QueryParameter,
} from '../http/query/query-parameters.js';
import { isUuid } from '../fields/uuid.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { MOST_DAYS, WITHIN, withinSeconds } from './within.js';

/** How far the list looks ahead when the caller does not say. */
const DEFAULT_WITHIN = '30d';

const PARAMETERS = {
  ...pageParameters('Secrets, API keys and initial access tokens'),
  within: {
    description: `How soon they end: days (\`d\`), a lifespan such as \`12h30m\`, or both, at most \`${MOST_DAYS}d\`.`,
    max: 32,
    sample: '7d',
    schema: { type: 'string', maxLength: 32, default: DEFAULT_WITHIN },
  },
} as const satisfies Record<string, QueryParameter>;

/** The query parameters of the list of what ends soon. */
export const EXPIRING_PARAMETERS: Record<string, QueryParameter> = PARAMETERS;

/** The query parameters of the list of what ends soon, as an object. */
export type ExpiringParameters = ParametersOf<typeof PARAMETERS>;

/** Where a page begins: after the entry with this end and this id. */
export interface ExpiringPosition {
  /** In seconds since the epoch. */
  end: number;
  id: string;
}

/** A list of what ends soon, as the caller asked for it. */
export interface ExpiringQuery {
  /** How soon the entries end, in seconds. */
  within: number;
  size: number;
  /** The last entry of the page before; `undefined` on the first page. */
  after: ExpiringPosition | undefined;
  /** Returns the query parameters of the page that begins after an entry; without an entry, those of the first page. */
  page: (last?: ExpiringPosition) => URLSearchParams;
}

/**
 * Reads the query parameters of the list of what ends soon.
 *
 * @throws OAuthError 400 that names an unknown or wrong parameter
 */
export function readExpiringQuery(query: URLSearchParams): ExpiringQuery {
  const { one, repeated } = readParameters(PARAMETERS, query);
  for (const name of ['page_size', 'page_token']) repeated.delete(name);
  const within = secondsOf(one('within') || DEFAULT_WITHIN);
  const size = readSize('page_size', one('page_size'));
  const binding = JSON.stringify(['expiring', within]);
  return {
    within,
    size,
    after: readPosition(binding, one('page_token')),
    page: (last) => {
      const parameters = new URLSearchParams(repeated);
      parameters.set('page_size', String(size));
      parameters.set('page_token', pageToken(binding, last ? [String(last.end), last.id] : []));
      parameters.sort();
      return parameters;
    },
  };
}

function secondsOf(text: string): number {
  const seconds = withinSeconds(text);
  if (seconds === undefined) throw wrong('within', `must be ${WITHIN}`);
  return seconds;
}

function readPosition(binding: string, token: string): ExpiringPosition | undefined {
  if (token === '') return undefined;
  const [end, id] = readPageToken(binding, token, 2);
  if (end === undefined || id === undefined) return undefined;
  // The digest of a token is not secret, so that a caller can make a token with any content.
  if (!/^\d{1,15}$/.test(end) || !isUuid(id))
    throw OAuthError.invalidRequest('page_token must be one that this list has returned.');
  return { end: Number(end), id };
}
