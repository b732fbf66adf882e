import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { CallOptions } from '../../access/call-options.js';
import { ClientHistory } from '../history/client-history.js';
import type { TokenLifespans } from '../metadata/members/token-lifespans.js';
import {
  defaultLifespans,
  effectiveLifespans,
  type DefaultLifespans,
  type EffectiveLifespans,
} from './effective-lifespans.js';
import { LifespanOptions } from './lifespan.options.js';

/** Most clients whose lifespans are remembered. */
const MOST = 10_000;

/** A client as it is stored. */
interface StoredClient {
  /** Of this life of the client: another one with its id has another. */
  tag: string;
  version: number;
  document: { readonly client: Partial<TokenLifespans> };
}

/** Tells authorization servers how long the tokens of clients live. */
@Injectable()
export class ClientLifespans {
  private readonly defaults: DefaultLifespans;
  /** By tag and version: what an authentication needs of most clients is then known without parsing them. */
  private readonly texts = new LRUCache<string, string>({ max: MOST });

  /** @internal */
  constructor(
    private readonly history: ClientHistory,
    options: LifespanOptions,
  ) {
    this.defaults = defaultLifespans(options);
  }

  /**
   * How long the tokens of a client live, by grant type and by kind of token: as the client says, and where it says nothing by the defaults of
   * {@link LifespanOptions}.
   *
   * @param id the `client_id`
   * @param options who asks, and the transaction to read in
   * @returns whole seconds, and where each lifespan came from
   * @throws OAuthError 404 for an unknown client
   */
  async effective(id: string, { actor, manager }: CallOptions = {}): Promise<EffectiveLifespans> {
    return this.of((await this.history.get(id, { actor, manager })).client);
  }

  /**
   * As {@link effective}, for a client that was read already.
   *
   * @param client or its lifespans
   */
  of(client: Partial<TokenLifespans>): EffectiveLifespans {
    return effectiveLifespans(client, this.defaults);
  }

  /**
   * As {@link of}, as JSON text, for a client that was read as it is stored. It is worked out once for each version.
   *
   * @internal
   */
  textOf({ tag, version, document }: StoredClient): string {
    const name = `${tag}.${version}`;
    const known = this.texts.get(name);
    if (known !== undefined) return known;
    const text = JSON.stringify(this.of(document.client));
    this.texts.set(name, text);
    return text;
  }
}
