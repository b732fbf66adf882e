import { excerpt, OAuthError } from '../../oauth-error/oauth-error.js';
import { pageToken, readPageToken } from '../../http/page-token.js';
import {
  DEFAULT_PAGE_SIZE,
  LIST_PARAMETERS,
  LIST_SORTS,
  MAX_PAGE_SIZE,
  wrong,
  type ClientListParameters,
  type Condition,
  type SearchedColumn,
} from './client-list.parameters.js';
import { serverOwnedOf } from '../metadata/client-metadata.fields.js';
import { METADATA_FIELDS } from '../metadata/client-metadata.js';
import { ClientView } from '../metadata/client.dto.js';

/** Members that a list can show. */
const SHOWN = [
  'client_id',
  ...METADATA_FIELDS.map(({ name }) => name),
  ...serverOwnedOf(ClientView).flatMap(({ name, isShownOnce }) => (isShownOnce ? [] : [name])),
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
  /** Where the page before ended: the last client's value of the sorted column and its id, or its id alone when that is the sorted column. Empty on the first page. */
  after: readonly string[];
  /** Members to show; all when empty. */
  fields: readonly string[];
  withTotal: boolean;
  /** Query parameters of the page that begins after `position`; of the first page without it. */
  page: (position?: readonly string[]) => URLSearchParams;
}

/**
 * Reads the query parameters of a list. A parameter with an empty value counts as left out; of several values of a
 * parameter that takes one, the first counts.
 *
 * @param query names and values, as in the URL
 * @param owner whose clients alone the caller may see. Default those of all owners
 * @throws OAuthError 400 that names an unknown or wrong parameter
 */
export function readListQuery(query: URLSearchParams, owner?: string): ClientListQuery {
  const given = [...new Set(query.keys())].map((name) => [name, valuesOf(name, query.getAll(name))] as const);
  const values = new Map(given.filter(([, list]) => list.length > 0));
  // Empty ones too: a link shows what was asked.
  const repeated = new URLSearchParams(
    given.flatMap(([name, [first = '', ...others]]) =>
      [first, ...others].map((value): [string, string] => [name, value]),
    ),
  );
  for (const name of ['page_size', 'limit', 'offset', 'page_token']) repeated.delete(name);
  if (repeated.toString().length > MAX_QUERY)
    throw OAuthError.invalidRequest(
      `The parameters of a list must not be longer than ${MAX_QUERY} characters together.`,
    );
  const one = (name: string): string => values.get(name)?.[0] ?? '';
  const asked = Object.entries(LIST_PARAMETERS).flatMap(([name, { conditions: ask }]) => {
    const list = values.get(name);
    return ask && list ? ask(list, name) : [];
  });
  const conditions = owner === undefined ? asked : [ownedBy(owner), ...asked];
  const order = one('sort') || 'client_id';
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

/** Query parameters as they stand in a URL. */
export function queryWith(parameters: ClientListParameters): URLSearchParams {
  return new URLSearchParams(
    Object.entries(parameters).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): [string, string] => [name, String(one)]),
    ),
  );
}

/** The values of a parameter that count. */
function valuesOf(name: string, all: readonly string[]): string[] {
  const parameter = Object.hasOwn(LIST_PARAMETERS, name) ? LIST_PARAMETERS[name] : undefined;
  if (!parameter)
    throw OAuthError.invalidRequest(
      `${excerpt(name) || 'A parameter without a name'} is not a query parameter of this list.`,
    );
  const nonEmpty = [...new Set(all)].filter((text) => text !== '');
  const values = parameter.isRepeatable ? nonEmpty : nonEmpty.slice(0, 1);
  if (values.some((text) => text.length > parameter.max))
    throw wrong(name, `must not be longer than ${parameter.max} characters`);
  if (values.some((text) => text.includes('\0'))) throw wrong(name, 'must not contain NUL');
  return values;
}

function chosen<T>(name: string, value: string, choices: Record<string, T>): T {
  if (Object.hasOwn(choices, value)) return choices[value] as T;
  throw wrong(name, `must be one of ${Object.keys(choices).join(', ')}`);
}

/** As in Ory Hydra: without a number, or with 0 or less, the default; above the maximum, the maximum. */
function readSize(name: string, text: string): number {
  if (!/^-?\d*$/.test(text) || text === '-') throw wrong(name, 'must be a whole number');
  const size = Number(text);
  return size > 0 ? Math.min(size, MAX_PAGE_SIZE) : DEFAULT_PAGE_SIZE;
}

function shownMember(name: string): string {
  if (SHOWN.includes(name)) return name;
  throw wrong('fields', `must name members that a list can show; ${excerpt(name)} is not one`);
}
