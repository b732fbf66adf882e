import { networkOf } from '../../access/refusals/source.js';
import { WindowCounts } from '../../access/refusals/window-counts.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import type { RegistrationLimits } from './registration-limits.js';

/** For how long a registration counts, in milliseconds. */
const WINDOW = 3_600_000;

/**
 * 429 `too_many_requests` (RFC 6585 §4): too many clients were registered within the hour.
 *
 * @param where whose limit was reached, for the caller
 * @param seconds after which more are let in
 */
export function tooManyRegistrations(where: string, seconds: number): OAuthError {
  return new OAuthError(429, 'too_many_requests', `Too many clients were registered ${where}. Try again later.`, {
    headers: { 'Retry-After': String(seconds) },
  });
}

/**
 * Counts clients that register themselves, in the memory of this process, by source, by policy and in all. A registration counts when it
 * begins, so that many at one time are not one, and no longer once it has been refused.
 */
export class CreationLimits {
  private readonly counts = new WindowCounts(WINDOW);

  constructor(private readonly limits: RegistrationLimits) {}

  /**
   * Creates a client unless too many were created within the hour.
   *
   * @param policy name of the policy that it follows
   * @param source address that the request came from; without one, and for what is no address, only the other limits count
   * @throws OAuthError 429, and what `create` throws
   */
  async counting<T>(policy: string, source: string | undefined, create: () => Promise<T>): Promise<T> {
    const bounds = this.boundsOf(policy, source);
    for (const bound of bounds.filter(({ most }) => most > 0)) {
      const wait = this.counts.waitFor([bound]);
      if (wait !== undefined) throw tooManyRegistrations(bound.where, wait);
    }
    this.counts.add(bounds);
    try {
      return await create();
    } catch (error) {
      this.counts.remove(bounds);
      throw error;
    }
  }

  private boundsOf(policy: string, source: string | undefined) {
    const network = source === undefined ? undefined : networkOf(source);
    const own = network === undefined ? [] : [{ name: `source ${network}`, most: this.limits.source }];
    const isNewcomer = this.counts.waitFor(own.map(({ name }) => ({ name, most: 1 }))) === undefined;
    const shared = (limit: number) => (isNewcomer ? limit : Math.ceil(limit / 2));
    return [
      ...own.map((bound) => ({ ...bound, where: 'from this source' })),
      { name: `policy ${policy}`, most: shared(this.limits.policy), where: 'under this policy' },
      { name: 'total', most: shared(this.limits.total), where: 'here' },
    ];
  }
}
