import { pageToken, readNumberToken } from '../../http/query/page-token.js';
import {
  pageParameters,
  readParameters,
  readSize,
  type ParametersOf,
  type QueryParameter,
} from '../../http/query/query-parameters.js';
import { CLIENT_ID_MAX_LENGTH } from '../../secrets/client-secret.entity.js';
import { NAME_MAX_LENGTH } from '../metadata/client-metadata.js';

const PARAMETERS = {
  ...pageParameters('Removed clients'),
  client_id: { description: 'Only this client.', max: CLIENT_ID_MAX_LENGTH, sample: 'orders-web' },
  owner: {
    description: 'Only clients that had exactly this owner.',
    max: NAME_MAX_LENGTH,
    sample: 'team-orders',
  },
} as const satisfies Record<string, QueryParameter>;

/** The query parameters of the list of removed clients. */
export const TOMBSTONES_PARAMETERS: Record<string, QueryParameter> = PARAMETERS;

/** The query parameters of the list of removed clients, as an object. */
export type TombstonesParameters = ParametersOf<typeof PARAMETERS>;

/** A list of removed clients, as the caller asked for it. */
export interface TombstonesQuery {
  clientId: string | undefined;
  /** Required owners, from the caller and from the query; a client had one owner, so two different ones make the list empty. */
  owners: readonly string[];
  size: number;
  /** `seq` of the last tombstone of the previous page; `undefined` on the first page. */
  before: string | undefined;
  /** Returns the query parameters of the page that begins after a tombstone; without one, those of the first page. */
  page: (seq?: string) => URLSearchParams;
}

/**
 * Reads the query parameters of the list of removed clients.
 *
 * @param owner the only owner whose clients the caller may see. Default: all owners
 * @throws OAuthError 400 naming an unknown or wrong parameter
 */
export function readTombstonesQuery(query: URLSearchParams, owner?: string): TombstonesQuery {
  const { one, repeated } = readParameters(PARAMETERS, query);
  for (const name of ['page_size', 'page_token']) repeated.delete(name);
  const clientId = one('client_id') || undefined;
  const owners = [...new Set([owner, one('owner') || undefined])].filter((name) => name !== undefined);
  const size = readSize('page_size', one('page_size'));
  const binding = JSON.stringify(['tombstones', clientId, owners]);
  return {
    clientId,
    owners,
    size,
    before: readNumberToken(binding, one('page_token')),
    page: (seq) => {
      const parameters = new URLSearchParams(repeated);
      parameters.set('page_size', String(size));
      parameters.set('page_token', pageToken(binding, seq === undefined ? [] : [seq]));
      parameters.sort();
      return parameters;
    },
  };
}
