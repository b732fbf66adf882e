import { limitOf, type Limit } from '../../concurrency/limit.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';

/** Most concurrent fetches of this process from one host, and most fetches that may wait for one of them to end. */
const PER_HOST = 4;
const MAX_WAITING = 64;
/** Most concurrent fetches of this process. */
const MAX_FETCHES = 32;

const all = limitOf(MAX_FETCHES);
/** Hosts from which something is being fetched. */
const hosts = new Map<string, { limit: Limit; users: number }>();

/**
 * Runs `work`, a fetch from a host, when its turn has come: a slow host delays its own fetches first.
 *
 * @throws OAuthError 503 when too many fetches from that host are already waiting
 */
export async function inTurnOfHost<T>(host: string, work: () => Promise<T>): Promise<T> {
  const turns = hosts.get(host) ?? { limit: limitOf(PER_HOST), users: 0 };
  if (turns.limit.waiting >= MAX_WAITING)
    throw OAuthError.unavailable(new Error('Too many documents are to be fetched from one host at one time.'));
  hosts.set(host, turns);
  turns.users += 1;
  try {
    return await turns.limit(() => all(work));
  } finally {
    turns.users -= 1;
    if (turns.users === 0) hosts.delete(host);
  }
}
