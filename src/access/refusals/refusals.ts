import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import { networkOf, sourceOf, type IsProxy } from './source.js';
import { WindowCounts, type Bound } from './window-counts.js';

/** Most credentials that are known to have been right; those that were used last longest ago make room. */
const MOST_PROVEN = 10_000;
/** Of how many refusals that one source may have, one may be of the same credentials: a broken script sends the same ones again and again. */
const FOR_EACH_ONE = 10;

/** The credentials of one request, for whoever judges them: it is counted how often those of one source are refused. */
export interface Attempt {
  /**
   * Asked before a check that costs more than a look-up, such as that of a signature. Credentials that were right before may be checked always.
   *
   * @throws OAuthError 429 when too many credentials from this source were refused within the last minute
   */
  requireFew(): void;
  /** They are right. */
  accepted(): void;
  /**
   * They are not valid here.
   *
   * @returns 429 when too many from this source were refused within the last minute; `undefined` while they are few
   */
  refused(): OAuthError | undefined;
}

/** 429 `too_many_requests` (RFC 6585 §4): too many credentials that are not valid came from one address. */
export function tooManyRefused(seconds: number): OAuthError {
  return new OAuthError(
    429,
    'too_many_requests',
    'Too many credentials that are not valid came from this address. Check those of this request, and try again later.',
    { headers: { 'Retry-After': String(seconds) } },
  );
}

/**
 * Counts the requests to the admin API whose credentials were refused, by source, in the memory of this process. What needs only a look-up,
 * such as an API key, is judged all the same: a source may be many callers behind one address, and those whose credentials are right must
 * not be kept out by one whose are not.
 */
export class Refusals {
  private readonly counts = new WindowCounts();
  /** Digests of sources and their credentials. */
  private readonly proven = new LRUCache<string, true>({ max: MOST_PROVEN });

  /**
   * @param most how many requests of one source may be refused within a minute; 0 for any number
   * @param isProxy whose `X-Forwarded-For` counts
   */
  constructor(
    private readonly most: number,
    private readonly isProxy: IsProxy,
  ) {}

  /** Where a request comes from, see {@link sourceOf}. */
  sourceOf(request: IncomingMessage): string | undefined {
    return sourceOf(request, this.isProxy);
  }

  /** The credentials of a request; `undefined` where nothing is counted. */
  of(request: IncomingMessage): Attempt | undefined {
    if (this.most === 0) return undefined;
    let known: { own: string; bounds: readonly Bound[] } | undefined;
    // Most requests have an API key that is right, and need nothing of this.
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

  /** What counts for a request, and the name under which its own credentials do. */
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
