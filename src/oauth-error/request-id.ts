/** The response header that names the request. */
export const REQUEST_ID = 'X-Request-Id';

/** Longest identifier of a request, in characters. */
export const LONGEST_ID = 128;

/** The used part of a response of Node or Express, or of a reply of Fastify. */
interface Answering {
  getHeader?: (name: string) => unknown;
}

/**
 * Returns the identifier of a request: the value that {@link REQUEST_ID} has in its response. An application around the registry may set that
 * header to any value, which the registry then adopts.
 *
 * @returns `undefined` when the header is not set
 */
export function requestIdOf(response: unknown): string | undefined {
  const id = (response as Answering | undefined)?.getHeader?.(REQUEST_ID);
  return typeof id === 'string' && id !== '' ? id.slice(0, LONGEST_ID) : undefined;
}

/** Field that is added to a log line, to name the request that the line is about. */
export interface NamedRequest {
  /** See {@link requestIdOf}. */
  request_id: string;
}

/** Returns further parameters for a log line about a request; none when the request has no identifier. */
export function namedBy(response: unknown): NamedRequest[] {
  const id = requestIdOf(response);
  return id === undefined ? [] : [{ request_id: id }];
}
