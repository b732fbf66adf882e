import { OAuthError } from '../../oauth-error/oauth-error.js';
import { printable } from '../output/printable.js';

/** The error for one of several clients that the registry refused. The message names the client. */
export class RefusedError extends Error {}

/** Whether the registry rejected the request. An `OAuthError` with a cause reports a failure of the database instead. */
export function isRefusal(error: unknown): error is OAuthError {
  return error instanceof OAuthError && !error.cause;
}

/** Returns every fault, each on a line of its own. */
export function refusalText(error: OAuthError): string {
  const lines = error.faults.map(({ pointer, detail }) => (pointer ? `${pointer}: ${detail}` : detail));
  return (lines.length > 0 ? lines : [error.message]).map(printable).join('\n');
}

/**
 * Waits for a request about one of several clients.
 *
 * @throws RefusedError that names the client when the registry refuses
 */
export async function naming<T>(id: string, asking: Promise<T>): Promise<T> {
  try {
    return await asking;
  } catch (error) {
    throw isRefusal(error) ? new RefusedError(`${printable(id)}: ${refusalText(error)}`) : error;
  }
}
