import type { ApiQueryOptions } from '@nestjs/swagger';
import { excerpt, OAuthError } from '../../oauth-error/oauth-error.js';

/** A query parameter of a list. */
export interface QueryParameter {
  description: string;
  /** A realistic value, shown in the description. */
  sample?: string;
  /** Longest value, in characters. */
  max: number;
  /** OpenAPI schema of one value. Default: text of at most `max` characters. */
  schema?: Extract<ApiQueryOptions, { schema?: unknown }>['schema'];
  /** Can the parameter have several values? Default false: of several, the first counts. */
  isRepeatable?: boolean;
  /** Do only old SDKs send it? Then the OpenAPI document does not show it. Default false. */
  isLegacy?: boolean;
}

/** What a parameter may be in an object: its type in the OpenAPI document, or that as text; a list if it may be repeated. */
type ValueOf<Parameter extends QueryParameter> = Parameter extends { isRepeatable: true }
  ? string | readonly string[]
  : Parameter extends { schema: { type: 'integer' } }
    ? number | `${number}`
    : Parameter extends { schema: { type: 'boolean' } }
      ? boolean | `${boolean}`
      : string;

/** Query parameters as an object; a list of values is for a parameter that may be repeated. */
export type ParametersOf<Declared extends Record<string, QueryParameter>> = {
  [Name in keyof Declared]?: ValueOf<Declared[Name]>;
} & {
  /** No parameter: beside `URLSearchParams`, which has such a member, it would compile. */
  size?: never;
};

/** Query parameters that have been checked. */
export interface GivenParameters {
  /** The values that count, by parameter; none of them is empty. */
  values: ReadonlyMap<string, readonly string[]>;
  /** The first value of a parameter; `''` when it has none. */
  one: (name: string) => string;
  /** All that was asked, empty values too, for a link that shows it. */
  repeated: URLSearchParams;
}

/** Entries on a page when the caller does not say how many. */
export const DEFAULT_PAGE_SIZE = 100;
/** Most entries on a page; a larger number is cut to this. */
export const MAX_PAGE_SIZE = 500;

/** A time in descriptions and errors. */
export const SAMPLE_TIME = '2026-01-31T12:00:00Z';

/**
 * The parameters by which every list is read page by page.
 *
 * @param entries what a page holds, such as `Clients`
 */
export function pageParameters(entries: string) {
  return {
    page_size: {
      description: `${entries} on a page, at most ${MAX_PAGE_SIZE}.`,
      max: 16,
      schema: { type: 'integer', minimum: 1, maximum: MAX_PAGE_SIZE, default: DEFAULT_PAGE_SIZE },
    },
    page_token: {
      description: 'Where the page begins: the token from the `Link` header of another page of the same list.',
      max: 8192,
    },
  } as const satisfies Record<string, QueryParameter>;
}

/** A refusal that names a parameter; `text` is the rest of the sentence. */
export function wrong(parameter: string, text: string): OAuthError {
  return OAuthError.invalidRequest(`${parameter} ${text}.`);
}

/** Query parameters as they stand in a URL. */
export function queryWith(
  parameters: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>,
): URLSearchParams {
  return new URLSearchParams(
    Object.entries(parameters).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): [string, string] => [name, String(one)]),
    ),
  );
}

/**
 * Reads the query parameters of a list. A parameter with an empty value counts as left out; of several values of a
 * parameter that takes one, the first counts.
 *
 * @param declared all parameters that the list has
 * @param query names and values, as in the URL
 * @throws OAuthError 400 that names an unknown or wrong parameter
 */
export function readParameters(
  declared: Readonly<Record<string, QueryParameter>>,
  query: URLSearchParams,
): GivenParameters {
  const given = [...new Set(query.keys())].map((name) => [name, valuesOf(declared, name, query.getAll(name))] as const);
  const values = new Map(given.filter(([, list]) => list.length > 0));
  const repeated = new URLSearchParams(
    given.flatMap(([name, [first = '', ...others]]) =>
      [first, ...others].map((value): [string, string] => [name, value]),
    ),
  );
  return { values, one: (name) => values.get(name)?.[0] ?? '', repeated };
}

/** The values of a parameter that count. */
function valuesOf(declared: Readonly<Record<string, QueryParameter>>, name: string, all: readonly string[]): string[] {
  const parameter = Object.hasOwn(declared, name) ? declared[name] : undefined;
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

/**
 * The choice that a value names.
 *
 * @throws OAuthError 400 that lists the choices
 */
export function chosen<T>(name: string, value: string, choices: Readonly<Record<string, T>>): T {
  if (Object.hasOwn(choices, value)) return choices[value] as T;
  throw wrong(name, `must be one of ${Object.keys(choices).join(', ')}`);
}

/**
 * The number of entries on a page. As in Ory Hydra: without a number, or with 0 or less, the default; above the maximum, the
 * maximum.
 *
 * @throws OAuthError 400 when it is not a whole number
 */
export function readSize(name: string, text: string): number {
  if (!/^-?\d*$/.test(text) || text === '-') throw wrong(name, 'must be a whole number');
  const size = Number(text);
  return size > 0 ? Math.min(size, MAX_PAGE_SIZE) : DEFAULT_PAGE_SIZE;
}
