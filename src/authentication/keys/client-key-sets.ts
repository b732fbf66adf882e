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
/** Most URLs whose keys are remembered. */
const MOST_SETS = 10_000;
/** Most characters of all remembered sets together: 16 Mi, some 1,600 for each. */
const MOST_CHARACTERS = 16 * 1024 * 1024;

/** Where a client says that its keys are. */
export type KeySource = Partial<Pick<ClientMetadata, 'jwks' | 'jwks_uri'>>;

/** The public keys that clients publish at their `jwks_uri`. Where there are too many, those that were asked for longest ago are forgotten. */
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
   * Do the keys of a client fit? Those behind a URL are fetched anew when they do not, at most once in half a minute.
   *
   * @param fits is asked with no key, too: for a client that has none, or whose keys cannot be had now
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
   * The keys behind a URL.
   */
  at(url: string): Remembered<readonly Jwk[]> {
    const known = this.sets.get(url);
    if (known) return known;
    const set: Remembered<readonly Jwk[]> = new Remembered(async () => {
      const text = await this.fetchText(url);
      // Until it has arrived, a set counts as one character.
      this.sets.set(url, set, { size: Math.max(1, text.length) });
      return keysOf(JSON.parse(text) as object);
    }, RETRY_INTERVAL);
    this.sets.set(url, set, { size: 1 });
    return set;
  }

  /**
   * What this process remembers of the keys behind a URL; `undefined` when it has not asked for them, or has forgotten that it did.
   *
   * @internal
   */
  known(url: string): Pick<Remembered<readonly Jwk[]>, 'known' | 'problem' | 'times'> | undefined {
    return this.sets.peek(url);
  }

  /** Fetches a JWK Set; a failure is one line of the log. */
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
