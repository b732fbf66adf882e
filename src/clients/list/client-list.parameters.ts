import { CLIENT_ID_MAX_LENGTH } from '../../secrets/client-secret.entity.js';
import {
  chosen,
  pageParameters,
  SAMPLE_TIME,
  wrong,
  type ParametersOf,
  type QueryParameter,
} from '../../http/query/query-parameters.js';
import { storedTime } from '../../http/query/stored-time.js';
import { AUTH_METHODS, NAME_MAX_LENGTH } from '../metadata/client-metadata.js';
import { URI_MAX_LENGTH } from '../../fields/web-url.js';
import { ORIGINS } from '../metadata/origin/registered-via.js';
import { SUSPENDED, type TermKind } from '../metadata/search-kinds.js';
import type { ClientUse } from '../uses/client-use.entity.js';
import type { Client } from '../store/client.entity.js';
import { termValue, wordsOf } from '../metadata/search-terms.js';

/** A column of a client, or of its last use, by which lists are filtered and sorted. */
export type SearchedColumn =
  | keyof Pick<Client, 'id' | 'name' | 'owner' | 'authMethod' | 'createdAt' | 'updatedAt'>
  | keyof Pick<ClientUse, 'unusedSince'>;

/** A condition that every client of a list meets. */
export type Condition =
  | { on: 'column'; column: SearchedColumn; operator: '=' | '>' | '<'; value: string }
  | { on: 'ids'; values: readonly string[] }
  | { on: 'term'; kind: TermKind; value: string }
  /** The client does not have the term. */
  | { on: 'noTerm'; kind: TermKind; value: string }
  /** A word of the client's name, owner or id begins with the value. */
  | { on: 'prefix'; value: string };

/** A query parameter of the list of clients. */
export interface ListParameter extends QueryParameter {
  conditions?: (values: readonly string[], name: string) => Condition[];
}

const MAX_WORDS = 10;
/** The members by which callers can sort a list, and their columns. */
export const LIST_SORTS: Record<string, SearchedColumn> = {
  client_id: 'id',
  client_name: 'name',
  created_at: 'createdAt',
  updated_at: 'updatedAt',
  last_used_at: 'unusedSince',
};
/** Default sort order of a list, and of a list with `unused_since`: each is the order of an index. */
const [DEFAULT_SORT, UNUSED_SORT] = ['client_id', 'last_used_at'];

function column(description: string, name: SearchedColumn, max: number, sample?: string): ListParameter {
  const conditions = ([value = '']: readonly string[]): Condition[] => [
    { on: 'column', column: name, operator: '=', value },
  ];
  return { description, max, sample, conditions };
}

function term(description: string, kind: TermKind, max: number, sample: string): ListParameter {
  const conditions = ([value = '']: readonly string[]): Condition[] => [{ on: 'term', kind, value: termValue(value) }];
  return { description, max, sample, conditions };
}

function time(description: string, name: SearchedColumn, operator: '>' | '<'): ListParameter {
  const conditions = ([text = '']: readonly string[], parameter: string): Condition[] => {
    const value = storedTime(text, operator === '<');
    if (value === undefined) throw wrong(parameter, `must be a time such as ${SAMPLE_TIME}`);
    return [{ on: 'column', column: name, operator, value }];
  };
  return {
    description,
    max: 64,
    schema: { type: 'string', format: 'date-time' },
    sample: SAMPLE_TIME,
    conditions,
  };
}

/** The query parameters of the list; this is their only declaration. */
const PARAMETERS = {
  ...pageParameters('Clients'),
  limit: {
    description: 'As `page_size`, which counts if both are given.',
    max: 16,
    schema: { type: 'integer' },
    isLegacy: true,
  },
  offset: { description: 'Only 0.', max: 16, schema: { type: 'integer' }, isLegacy: true },
  client_id: {
    description: 'Only these clients. May be repeated.',
    max: CLIENT_ID_MAX_LENGTH,
    isRepeatable: true,
    conditions: (values) => [{ on: 'ids', values }],
  },
  client_name: column('Only clients with exactly this name.', 'name', NAME_MAX_LENGTH, 'Orders web'),
  owner: column('Only clients with exactly this owner.', 'owner', NAME_MAX_LENGTH, 'team-orders'),
  token_endpoint_auth_method: {
    ...column('Only clients with this method.', 'authMethod', 1024),
    schema: { type: 'string', enum: Array.from(AUTH_METHODS) },
  },
  grant_type: term('Only clients that use this grant type.', 'grant_type', 1024, 'client_credentials'),
  response_type: term('Only clients that use this response type.', 'response_type', 1024, 'code'),
  scope: term('Only clients that can request this scope.', 'scope', 8192, 'openid'),
  redirect_uri: term(
    'Only clients with exactly this redirect URI.',
    'redirect_uri',
    URI_MAX_LENGTH,
    'https://app.example.com/callback',
  ),
  suspended: {
    description: '`true` for only clients that are suspended, `false` for only those that are not.',
    max: 16,
    schema: { type: 'boolean' },
    conditions: ([value = ''], name) => [
      { on: chosen(name, value, { true: 'term', false: 'noTerm' }), kind: 'state', value: SUSPENDED },
    ],
  },
  registered_via: {
    ...term('Only clients that came this way.', 'via', 64, 'registration'),
    schema: { type: 'string', enum: Array.from(ORIGINS) },
  },
  registration_policy: term(
    'Only clients that registered themselves under this policy.',
    'via_policy',
    1024,
    'default',
  ),
  registration_token: term(
    'Only clients that registered themselves with the initial access token of this label.',
    'via_token',
    1024,
    'partner portal',
  ),
  created_after: time('Only clients that were created after this time (RFC 3339).', 'createdAt', '>'),
  created_before: time('Only clients that were created before this time (RFC 3339).', 'createdAt', '<'),
  updated_after: time('Only clients that were changed after this time (RFC 3339).', 'updatedAt', '>'),
  unused_since: time(
    'Only clients that were last used before this time (RFC 3339). Those that were never used count from when they were created or restored, or from when the registry began to note uses.',
    'unusedSince',
    '<',
  ),
  search: {
    description:
      'Only clients with a word in name, owner or id that begins with the given text, in upper or lower case. Each of several words must match.',
    max: 1024,
    sample: 'ord',
    conditions: ([text = ''], name) => searched(text, name),
  },
  sort: {
    description:
      'Member to sort by; `-` before it sorts in descending order. `last_used_at` sorts by the time that `unused_since` compares, and is the default beside it.',
    max: 64,
    schema: {
      type: 'string',
      enum: Object.keys(LIST_SORTS).flatMap((name) => [name, `-${name}`]),
      default: DEFAULT_SORT,
    },
  },
  fields: {
    description: 'Members to show, separated by commas. Default: all.',
    max: 4096,
    sample: 'client_id,client_name',
  },
  include_total: {
    description: '`true` for a header `X-Total-Count` with the number of clients on all pages.',
    max: 16,
    schema: { type: 'boolean', default: false },
  },
} as const satisfies Record<string, ListParameter>;

/** The query parameters of the list by name: meaning, limits, and the conditions that they set. */
export const LIST_PARAMETERS: Record<string, ListParameter> = PARAMETERS;

/** The query parameters of a list as an object; a parameter that may be repeated takes a list of values. */
export type ClientListParameters = ParametersOf<typeof PARAMETERS>;

/** Returns the sort order for a list whose query has none. */
export function defaultSort(values: ReadonlyMap<string, unknown>): string {
  return values.has('unused_since') ? UNUSED_SORT : DEFAULT_SORT;
}

/** Returns one condition for each word. */
function searched(text: string, parameter: string): Condition[] {
  const words = [...new Set(wordsOf(text))];
  if (words.length === 0) throw wrong(parameter, 'must contain a letter or a digit');
  if (words.length > MAX_WORDS) throw wrong(parameter, `must not have more than ${MAX_WORDS} words`);
  return words.map((value) => ({ on: 'prefix', value }));
}
