import { pageToken, readNumberToken } from '../../http/query/page-token.js';
import {
  chosen,
  pageParameters,
  readParameters,
  readSize,
  SAMPLE_TIME,
  wrong,
  type ParametersOf,
  type QueryParameter,
} from '../../http/query/query-parameters.js';
import { storedTime } from '../../http/query/stored-time.js';
import { CLIENT_ID_MAX_LENGTH } from '../../secrets/client-secret.entity.js';
import { changeTermValue, type ChangeTermPair } from '../chain/change-terms.js';
import { CHANGE_KINDS } from '../table/change-entry.js';

/** The filters that have terms, probably the narrowest first: of filters that all match many changes, the first is searched. */
const TERMS = ['client_id', 'actor', 'owner', 'member', 'kind'] as const;
const KINDS = Object.fromEntries(CHANGE_KINDS.map((kind) => [kind, kind]));
const TIME = { max: 64, schema: { type: 'string', format: 'date-time' }, sample: SAMPLE_TIME } as const;

const PARAMETERS = {
  ...pageParameters('Changes'),
  client_id: { description: 'Only changes of this client, in all of its lives.', max: CLIENT_ID_MAX_LENGTH },
  actor: { description: 'Only changes by the actor with this id.', max: 1024, sample: 'ci-orders' },
  kind: {
    description: 'Only changes of this kind.',
    max: 64,
    schema: { type: 'string', enum: Array.from(CHANGE_KINDS) },
  },
  member: { description: 'Only changes of this top-level member.', max: 1024, sample: 'redirect_uris' },
  after: { ...TIME, description: 'Only changes that were sealed after this time (RFC 3339).' },
  before: { ...TIME, description: 'Only changes that were sealed before this time (RFC 3339).' },
  sort: {
    description: '`position` shows the oldest change first, `-position` the newest.',
    max: 16,
    schema: { type: 'string', enum: ['position', '-position'], default: 'position' },
  },
} as const satisfies Record<string, QueryParameter>;

/** The query parameters of the list of changes. */
export const CHANGES_PARAMETERS: Record<string, QueryParameter> = PARAMETERS;

/** The query parameters of the list of changes, as an object. */
export type ChangesParameters = ParametersOf<typeof PARAMETERS>;

/** A list of changes, as the caller asked for it. */
export interface ChangesQuery {
  /** Terms that each change has. */
  terms: readonly ChangeTermPair[];
  /** The changes were sealed after this time, as times are stored. */
  after: string | undefined;
  /** The changes were sealed before this time. */
  before: string | undefined;
  descending: boolean;
  size: number;
  /** Where the page before ended; `undefined` on the first page. */
  from: string | undefined;
  /** Returns the query parameters of the page after a position; without one, of the first page. */
  page: (position?: string) => URLSearchParams;
}

/**
 * Reads the query parameters of the list of changes.
 *
 * @param owner only changes after which the client has this owner. Default any
 * @throws OAuthError 400 that names an unknown or wrong parameter
 */
export function readChangesQuery(query: URLSearchParams, owner?: string): ChangesQuery {
  const { one, repeated } = readParameters(CHANGES_PARAMETERS, query);
  for (const name of ['page_size', 'page_token']) repeated.delete(name);
  const kind = one('kind');
  if (kind !== '') chosen('kind', kind, KINDS);
  const terms = TERMS.flatMap((name): ChangeTermPair[] => {
    const value = name === 'owner' ? owner : one(name) || undefined;
    return value === undefined ? [] : [[name, changeTermValue(value)]];
  });
  const [after, before] = [time('after', one('after'), false), time('before', one('before'), true)];
  const descending = chosen('sort', one('sort') || 'position', { position: false, '-position': true });
  const size = readSize('page_size', one('page_size'));
  const binding = JSON.stringify(['changes', terms, after, before, descending]);
  return {
    terms,
    after,
    before,
    descending,
    size,
    from: readNumberToken(binding, one('page_token')),
    page: (position) => {
      const parameters = new URLSearchParams(repeated);
      parameters.set('page_size', String(size));
      parameters.set('page_token', pageToken(binding, position === undefined ? [] : [position]));
      parameters.sort();
      return parameters;
    },
  };
}

function time(name: string, text: string, up: boolean): string | undefined {
  const value = text === '' ? undefined : storedTime(text, up);
  if (text !== '' && value === undefined) throw wrong(name, `must be a time such as ${SAMPLE_TIME}`);
  return value;
}
