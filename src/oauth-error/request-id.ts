/** The header by which an answer names its request. */
export const REQUEST_ID = 'X-Request-Id';

/** Longest identifier of a request, in characters. */
export const LONGEST_ID = 128;

/** What is used of a response of Node or of Express, and of a reply of Fastify. */
interface Answering {
  getHeader?: (name: string) => unknown;
}

/**
 * The identifier of a request: what its answer will say in {@link REQUEST_ID}. An application around the registry sets that header as it
 * likes, and the registry takes it up.
 *
 * @returns `undefined` when the header is not set
 */
export function requestIdOf(response: unknown): string | undefined {
  const id = (response as Answering | undefined)?.getHeader?.(REQUEST_ID);
  return typeof id === 'string' && id !== '' ? id.slice(0, LONGEST_ID) : undefined;
}

/** What a line of the log gets beside its message and its context, to name the request that it is about. */
export interface NamedRequest {
  /** See {@link requestIdOf}. */
  request_id: string;
}

/** Further parameters for a line of the log about a request; none when it has no identifier. */
export function namedBy(response: unknown): NamedRequest[] {
  const id = requestIdOf(response);
  return id === undefined ? [] : [{ request_id: id }];
}
