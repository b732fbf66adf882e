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
  /** Whether the parameter can have several values. Default false: of several, the first counts. */
  isRepeatable?: boolean;
  /** Whether only old SDKs send it: then the OpenAPI document omits it. Default false. */
  isLegacy?: boolean;
}

/** Type of a parameter in an object: its type in the OpenAPI document, or that as text; also a list if the parameter is repeatable. */
type ValueOf<Parameter extends QueryParameter> = Parameter extends { isRepeatable: true }
  ? string | readonly string[]
  : Parameter extends { schema: { type: 'integer' } }
    ? number | `${number}`
    : Parameter extends { schema: { type: 'boolean' } }
      ? boolean | `${boolean}`
      : string;

/** Query parameters as an object; only a repeatable parameter may have a list of values. */
export type ParametersOf<Declared extends Record<string, QueryParameter>> = {
  [Name in keyof Declared]?: ValueOf<Declared[Name]>;
} & {
  /** Not a parameter. Where `URLSearchParams`, which has this member, is accepted too, `{ size: … }` would otherwise compile. */
  size?: never;
};

/** Query parameters that have been validated. */
export interface GivenParameters {
  /** The values that count, by parameter; each parameter has at least one, and none is empty. */
  values: ReadonlyMap<string, readonly string[]>;
  /** Returns the first value of a parameter; `''` when it has none. */
  one: (name: string) => string;
  /** All given parameters, with `''` for those without a value, for links to other pages. */
  repeated: URLSearchParams;
}

/** Entries on a page when the caller does not specify a number. */
export const DEFAULT_PAGE_SIZE = 100;
/** Most entries on a page; a larger number is reduced to this. */
export const MAX_PAGE_SIZE = 500;

/** A time in descriptions and errors. */
export const SAMPLE_TIME = '2026-01-31T12:00:00Z';

/**
 * Returns the parameters that every list has for reading it page by page.
 *
 * @param entries plural of what the list contains, such as `Clients`
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

/** Returns the error for an invalid parameter; `text` is the predicate of the sentence. */
export function wrong(parameter: string, text: string): OAuthError {
  return OAuthError.invalidRequest(`${parameter} ${text}.`);
}

/** Returns query parameters in the form of a URL's query. */
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
 * Validates the query parameters of a list. A parameter with an empty value counts as absent; of several values of a parameter
 * that is not repeatable, the first counts.
 *
 * @param declared all parameters of the list
 * @param query names and values, as in the URL
 * @throws OAuthError 400 that names an unknown or invalid parameter
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

/** Returns the values of a parameter that count. */
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
 * Returns the choice that a value names.
 *
 * @throws OAuthError 400 that lists the choices
 */
export function chosen<T>(name: string, value: string, choices: Readonly<Record<string, T>>): T {
  if (Object.hasOwn(choices, value)) return choices[value] as T;
  throw wrong(name, `must be one of ${Object.keys(choices).join(', ')}`);
}

/**
 * Returns the number of entries on a page. As in Ory Hydra: the default without a number, or for 0 or less; at most the maximum.
 *
 * @throws OAuthError 400 when it is not a whole number
 */
export function readSize(name: string, text: string): number {
  if (!/^-?\d*$/.test(text) || text === '-') throw wrong(name, 'must be a whole number');
  const size = Number(text);
  return size > 0 ? Math.min(size, MAX_PAGE_SIZE) : DEFAULT_PAGE_SIZE;
}
