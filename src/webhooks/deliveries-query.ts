import {
  DEFAULT_PAGE_SIZE,
  MAX_PAGE_SIZE,
  readParameters,
  readSize,
  wrong,
  type QueryParameter,
} from '../http/query/query-parameters.js';

/** The query parameters of the list of deliveries. */
export const DELIVERIES_PARAMETERS = {
  page_size: {
    description: `Deliveries in the answer, at most ${MAX_PAGE_SIZE}.`,
    max: 16,
    schema: { type: 'integer', minimum: 1, maximum: MAX_PAGE_SIZE, default: DEFAULT_PAGE_SIZE },
  },
  after: {
    description: 'Only those behind this position: that of the last one of the answer before.',
    max: 16,
    schema: { type: 'integer', format: 'int64' },
  },
} as const satisfies Record<string, QueryParameter>;

/**
 * Reads the query parameters of the list of deliveries.
 *
 * @returns `after`, the position after which the list begins, by default below all positions; and the page size
 * @throws OAuthError 400 that names a wrong parameter
 */
export function readDeliveriesQuery(query: URLSearchParams): { after: number; size: number } {
  const { one } = readParameters(DELIVERIES_PARAMETERS, query);
  const after = one('after');
  if (!/^(-?\d{1,15})?$/.test(after)) throw wrong('after', 'must be a position');
  return {
    after: after === '' ? Number.MIN_SAFE_INTEGER : Number(after),
    size: readSize('page_size', one('page_size')),
  };
}
