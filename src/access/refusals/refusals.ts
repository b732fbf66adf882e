import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { networkOf, sourceOf, type IsProxy } from './source.js';
import { WindowCounts, type Bound } from './window-counts.js';

/** Most credentials that are cached as valid; the least recently accepted ones are evicted. */
const MOST_PROVEN = 10_000;
/** A source's limit divided by this is the limit for the same credentials: a broken script sends the same ones again and again. */
const FOR_EACH_ONE = 10;

/** The credentials of one request, for an authenticator to report on: rejected credentials are counted by source. */
export interface Attempt {
  /**
   * Called before a check that costs more than a look-up, such as that of a signature. Never rejects credentials that were valid before.
   *
   * @throws OAuthError 429 when too many credentials from this source were rejected within the last minute
   */
  requireFew(): void;
  /** Reports that the credentials are valid. */
  accepted(): void;
  /**
   * Reports that the credentials are not valid here.
   *
   * @returns 429 when too many from this source were rejected within the last minute; otherwise `undefined`
   */
  refused(): OAuthError | undefined;
}

/** Returns 429 `too_many_requests` (RFC 6585 §4): too many invalid credentials came from one address. */
export function tooManyRefused(seconds: number): OAuthError {
  return new OAuthError(
    429,
    'too_many_requests',
    'Too many credentials that are not valid came from this address. Check those of this request, and try again later.',
    { headers: { 'Retry-After': String(seconds) } },
  );
}

/**
 * Counts the requests to the admin API whose credentials were rejected, by source, in the memory of this process. Credentials that need only
 * a look-up, such as an API key, are checked even beyond the limit: a source may be many callers behind one address, and callers with valid
 * credentials must not be locked out by one without.
 */
export class Refusals {
  private readonly counts = new WindowCounts();
  /** Digests of sources and their credentials. */
  private readonly proven = new LRUCache<string, true>({ max: MOST_PROVEN });

  /**
   * @param most most requests of one source that may be rejected within a minute; 0 for any number
   * @param isProxy whether an address is that of a proxy whose `X-Forwarded-For` is trusted
   */
  constructor(
    private readonly most: number,
    private readonly isProxy: IsProxy,
  ) {}

  /** Returns where a request comes from, see {@link sourceOf}. */
  sourceOf(request: IncomingMessage): string | undefined {
    return sourceOf(request, this.isProxy);
  }

  /** Returns the attempt for a request's credentials; `undefined` where nothing is counted. */
  of(request: IncomingMessage): Attempt | undefined {
    if (this.most === 0) return undefined;
    let known: { own: string; bounds: readonly Bound[] } | undefined;
    // Computed on demand: most requests have a valid API key, and need none of it.
    const counted = () => (known ??= this.boundsOf(request));
    return {
      requireFew: () => {
        const { own, bounds } = counted();
        const wait = this.proven.has(own) ? undefined : this.counts.waitFor(bounds);
        if (wait !== undefined) throw tooManyRefused(wait);
      },
      accepted: () => void this.proven.set(counted().own, true),
      refused: () => {
        const { own, bounds } = counted();
        this.proven.delete(own);
        const wait = this.counts.waitFor(bounds);
        if (wait !== undefined) return tooManyRefused(wait);
        this.counts.add(bounds);
        return undefined;
      },
    };
  }

  /** Returns the bounds for a request, and the name under which its own credentials are counted. */
  private boundsOf(request: IncomingMessage): { own: string; bounds: readonly Bound[] } {
    const source = this.sourceOf(request) ?? '';
    const network = networkOf(source) ?? '';
    const { authorization, 'client-cert': certificate } = request.headers;
    const own = createHash('sha256')
      .update(JSON.stringify([network, authorization ?? certificate]))
      .digest('base64url');
    const bounds = [
      { name: own, most: Math.ceil(this.most / FOR_EACH_ONE) },
      { name: network, most: this.most },
    ];
    return { own, bounds: network === '' ? [] : bounds };
  }
}
