import { excerpt, OAuthError } from '../../oauth-error/oauth-error.js';
import { serverOwnedOf } from '../../fields/server-owned.js';
import { pageToken, readPageToken } from '../../http/query/page-token.js';
import { chosen, readParameters, readSize, wrong } from '../../http/query/query-parameters.js';
import {
  defaultSort,
  LIST_PARAMETERS,
  LIST_SORTS,
  type Condition,
  type SearchedColumn,
} from './client-list.parameters.js';
import { taggedField } from '../../fields/language-tags.js';
import { METADATA_FIELDS } from '../metadata/client-metadata.js';
import { ClientView } from '../metadata/client.dto.js';

/** Members that a list can show. */
const SHOWN = [
  'client_id',
  ...METADATA_FIELDS.map(({ name }) => name),
  ...serverOwnedOf(ClientView).flatMap(({ name, shown }) => (shown === 'once' ? [] : [name])),
];
/** The `Link` header repeats the query twice, and many clients read at most 16 KB of headers. */
const MAX_QUERY = 6000;

/** A list of clients, as the caller asked for it. */
export interface ClientListQuery {
  conditions: readonly Condition[];
  /** The list is sorted by this column, then by id. */
  sort: SearchedColumn;
  descending: boolean;
  size: number;
  /** Values of the last client of the previous page: its sorted column and its id, or only its id if sorted by id. Empty on the first page. */
  after: readonly string[];
  /** Members to show; all when empty. */
  fields: readonly string[];
  withTotal: boolean;
  /** Returns the query parameters of the page that begins after `position`; without it, those of the first page. */
  page: (position?: readonly string[]) => URLSearchParams;
}

/**
 * Reads the query parameters of a list, see {@link readParameters}.
 *
 * @param query names and values, as in the URL
 * @param owner the only owner whose clients the caller may see. Default: all owners
 * @throws OAuthError 400 naming an unknown or wrong parameter
 */
export function readListQuery(query: URLSearchParams, owner?: string): ClientListQuery {
  const { values, one, repeated } = readParameters(LIST_PARAMETERS, query);
  for (const name of ['page_size', 'limit', 'offset', 'page_token']) repeated.delete(name);
  if (repeated.toString().length > MAX_QUERY)
    throw OAuthError.invalidRequest(
      `The parameters of a list must not be longer than ${MAX_QUERY} characters together.`,
    );
  const asked = Object.entries(LIST_PARAMETERS).flatMap(([name, { conditions: ask }]) => {
    const list = values.get(name);
    return ask && list ? ask(list, name) : [];
  });
  const conditions = owner === undefined ? asked : [ownedBy(owner), ...asked];
  const order = one('sort') || defaultSort(values);
  const descending = order.startsWith('-');
  const sort = chosen('sort', order.replace(/^-/, ''), LIST_SORTS);
  const size = readSize(values.has('page_size') ? 'page_size' : 'limit', one('page_size') || one('limit'));
  if (!/^0*$/.test(one('offset')))
    throw wrong('offset', 'must be 0: follow the Link header to the next page, or send the page_token that it holds');
  const binding = JSON.stringify([conditions, sort, descending]);
  const token = one('page_token');
  return {
    conditions,
    sort,
    descending,
    size,
    after: token === '' ? [] : readPageToken(binding, token, sort === 'id' ? 1 : 2),
    fields: one('fields')
      .split(',')
      .filter(Boolean)
      .map((name) => shownMember(name.trim())),
    withTotal: chosen('include_total', one('include_total') || 'false', { true: true, false: false }),
    page: (position = []) => {
      const parameters = new URLSearchParams(repeated);
      parameters.set('page_size', String(size));
      parameters.set('page_token', pageToken(binding, position));
      parameters.sort();
      return parameters;
    },
  };
}

function ownedBy(owner: string): Condition {
  return { on: 'column', column: 'owner', operator: '=', value: owner };
}

function shownMember(name: string): string {
  const tagged = taggedField(METADATA_FIELDS, name);
  if (tagged) return tagged.name;
  if (SHOWN.includes(name)) return name;
  throw wrong('fields', `must name members that a list can show; ${excerpt(name)} is not one`);
}
