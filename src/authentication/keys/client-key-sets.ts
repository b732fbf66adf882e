import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { ClientMetadata } from '../../clients/metadata/client-metadata.js';
import type { Jwk } from '../../clients/metadata/values/key-kinds.js';
import { keySetShapeFault, keysOf } from '../../clients/metadata/values/key-set.js';
import { guardedFetch } from '../../http/outbound/guarded-fetch.js';
import { parseOrUndefined } from '../../json/json-text.js';
import { Remembered } from '../../jwt/remembered.js';
import { KeySetOptions } from './key-set.options.js';

/** Shortest time between a failed fetch and the next one, in milliseconds. */
const RETRY_INTERVAL = 30_000;
/** Maximum number of URLs whose keys are cached. */
const MOST_SETS = 10_000;
/** Maximum size of all cached sets together, in characters: 16 Mi, some 1,600 for each. */
const MOST_CHARACTERS = 16 * 1024 * 1024;

/** The client metadata that says where the keys of a client are. */
export type KeySource = Partial<Pick<ClientMetadata, 'jwks' | 'jwks_uri'>>;

/** Cache of the public keys that clients publish at their `jwks_uri`. When it is full, it evicts the least recently used sets. */
@Injectable()
export class ClientKeySets {
  private readonly logger = new Logger('ClientAuthentication');
  private readonly sets = new LRUCache<string, Remembered<readonly Jwk[]>>({
    max: MOST_SETS,
    maxSize: MOST_CHARACTERS,
  });

  /** @internal */
  constructor(private readonly options: KeySetOptions) {}

  /**
   * @internal
   * Whether the keys of a client fit. If cached keys of a URL do not fit, they are fetched again, at most once in half a minute.
   *
   * @param fits also called with an empty list: for a client that has no keys, or whose keys are not available now
   */
  async fit(
    { jwks = {}, jwks_uri }: KeySource,
    fits: (keys: readonly Jwk[]) => boolean | Promise<boolean>,
  ): Promise<boolean> {
    if (!jwks_uri) return fits(keysOf(jwks));
    const remembered = this.at(jwks_uri);
    const keys = (await remembered.get()) ?? [];
    if (await fits(keys)) return true;
    const renewed = await remembered.renewed();
    return renewed !== undefined && renewed !== keys && fits(renewed);
  }

  /**
   * @internal
   * Returns the cached keys of a URL, which are fetched on first use.
   */
  at(url: string): Remembered<readonly Jwk[]> {
    const known = this.sets.get(url);
    if (known) return known;
    const set: Remembered<readonly Jwk[]> = new Remembered(async () => {
      const text = await this.fetchText(url);
      // Before it has arrived, a set counts as one character.
      this.sets.set(url, set, { size: Math.max(1, text.length) });
      return keysOf(JSON.parse(text) as object);
    }, RETRY_INTERVAL);
    this.sets.set(url, set, { size: 1 });
    return set;
  }

  /**
   * Returns what this process has cached about the keys of a URL; `undefined` when it has not asked for them, or has evicted them.
   *
   * @internal
   */
  known(url: string): Pick<Remembered<readonly Jwk[]>, 'known' | 'problem' | 'times'> | undefined {
    return this.sets.peek(url);
  }

  /** Fetches a JWK Set; logs a failure in one line. */
  private async fetchText(url: string): Promise<string> {
    try {
      const text = await guardedFetch(new URL(url), this.options.outbound);
      const fault = keySetShapeFault(parseOrUndefined(text));
      if (fault === undefined) return text;
      throw new Error(`its answer ${fault}`);
    } catch (error) {
      const { message } = error as Error;
      this.logger.warn(`The keys of a client at ${new URL(url).host} could not be fetched: ${message}.`);
      throw error;
    }
  }
}
