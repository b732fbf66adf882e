import { networkOf } from '../../access/refusals/source.js';
import { WindowCounts, type Bound } from '../../access/refusals/window-counts.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import type { RegistrationLimits } from './registration-limits.js';

/** Length of the window in which registrations are counted, in milliseconds. */
const WINDOW = 3_600_000;
/** Factor on the limit of a source: for the network around it, and for its registrations that create no client. */
const SEVERAL = 10;

/** A limit, and the error for a caller that has reached it. */
interface Limit extends Bound {
  refusal: (seconds: number) => OAuthError;
}

/**
 * 429 `too_many_requests` (RFC 6585 §4): too many clients were registered within the hour.
 *
 * @param where the scope whose limit was reached, as the message names it
 * @param seconds until more registrations are accepted
 */
export function tooManyRegistrations(where: string, seconds: number): OAuthError {
  return tooMany(`Too many clients were registered ${where}`, seconds);
}

function tooMany(what: string, seconds: number): OAuthError {
  return new OAuthError(429, 'too_many_requests', `${what}. Try again later.`, {
    headers: { 'Retry-After': String(seconds) },
  });
}

const registeredFrom = (where: string) => (seconds: number) => tooManyRegistrations(where, seconds);
const inVainTooOften = (seconds: number) => tooMany('Too many registrations from this source made no client', seconds);
const changedTooOften = (seconds: number) => tooMany('The client has changed itself too often', seconds);

/**
 * Counts clients that register themselves, in the memory of this process: by source, by policy and in total. A registration counts from its
 * beginning, so that concurrent ones all count; one that fails no longer counts.
 */
export class CreationLimits {
  private readonly counts = new WindowCounts(WINDOW);
  /** Kept apart: anybody can cause these counts, and they must not evict those of registrations that were accepted. */
  private readonly inVain = new WindowCounts(WINDOW);

  constructor(private readonly limits: RegistrationLimits) {}

  /**
   * Answers a registration unless too many from this source have created no client within the hour.
   *
   * @param source address that the request came from; without one, or if it is not an IP address, there is no limit
   * @param answer answers the registration, and reports whether the client is new
   * @throws OAuthError 429, and what `answer` throws
   */
  async trying<T extends { isNew: boolean }>(source: string | undefined, answer: () => Promise<T>): Promise<T> {
    const tries = limitsOf('refused', source && networkOf(source), this.limits.source * SEVERAL, inVainTooOften);
    requireRoom(this.inVain, tries);
    try {
      const answered = await answer();
      if (!answered.isNew) this.inVain.add(tries);
      return answered;
    } catch (error) {
      // A rejected registration may have cost the fetch of a document that the body names.
      this.inVain.add(tries);
      throw error;
    }
  }

  /**
   * Creates a client unless too many were created within the hour.
   *
   * @param policy name of the policy that it follows
   * @param source as for {@link trying}; without one only the other limits count
   * @throws OAuthError 429, and what `create` throws
   */
  async counting<T>(policy: string, source: string | undefined, create: () => Promise<T>): Promise<T> {
    const bounds = this.boundsOf(policy, source);
    requireRoom(this.counts, bounds);
    this.counts.add(bounds);
    try {
      return await create();
    } catch (error) {
      this.counts.remove(bounds);
      throw error;
    }
  }

  /**
   * Lets a client change itself unless it has done so too often within the hour: each change is a row of the journal.
   *
   * @param id the `client_id`
   * @throws OAuthError 429, and what `change` throws
   */
  async changing<T>(id: string, change: () => Promise<T>): Promise<T> {
    const bounds = limitsOf('client', id, this.limits.changes, changedTooOften);
    requireRoom(this.counts, bounds);
    const changed = await change();
    this.counts.add(bounds);
    return changed;
  }

  private boundsOf(policy: string, source: string | undefined): Limit[] {
    const { source: most } = this.limits;
    const own = [
      ...limitsOf('source', source && networkOf(source), most, registeredFrom('from this source')),
      ...limitsOf('site', source && networkOf(source, 48), most * SEVERAL, registeredFrom('from this network')),
    ];
    const isNewcomer = this.counts.waitFor(own.map(({ name }) => ({ name, most: 1 }))) === undefined;
    const shared = (limit: number) => (isNewcomer ? limit : Math.ceil(limit / 2));
    return [
      ...own,
      { name: `policy ${policy}`, most: shared(this.limits.policy), refusal: registeredFrom('under this policy') },
      { name: 'total', most: shared(this.limits.total), refusal: registeredFrom('here') },
    ];
  }
}

/** Returns the limit of one source, network or client; none where it is unknown. */
function limitsOf(kind: string, one: string | undefined, most: number, refusal: Limit['refusal']): Limit[] {
  return one === undefined ? [] : [{ name: `${kind} ${one}`, most, refusal }];
}

function requireRoom(counts: WindowCounts, limits: readonly Limit[]): void {
  for (const limit of limits.filter(({ most }) => most > 0)) {
    const wait = counts.waitFor([limit]);
    if (wait !== undefined) throw limit.refusal(wait);
  }
}
