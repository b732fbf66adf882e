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

/** Maximum number of versions of clients whose lifespans are cached. */
const MOST = 10_000;

/** A client as it is stored. */
interface StoredClient {
  /** Identifies this life of the `client_id`: a later client with the same id has another tag. */
  tag: string;
  version: number;
  document: { readonly client: Partial<TokenLifespans> };
}

/** Computes for authorization servers how long the tokens of clients live. */
@Injectable()
export class ClientLifespans {
  private readonly defaults: DefaultLifespans;
  /** Cache by tag and version: most authentications then need not parse the client. */
  private readonly texts = new LRUCache<string, string>({ max: MOST });

  /** @internal */
  constructor(
    private readonly history: ClientHistory,
    options: LifespanOptions,
  ) {
    this.defaults = defaultLifespans(options);
  }

  /**
   * Returns how long the tokens of a client live, by grant type and by kind of token: the lifespans that the client sets, and for the others
   * the defaults of {@link LifespanOptions}.
   *
   * @param id the `client_id`
   * @param options the actor, and the transaction to read in
   * @returns whole seconds, and the source of each lifespan
   * @throws OAuthError 404 for an unknown client
   */
  async effective(id: string, { actor, manager }: CallOptions = {}): Promise<EffectiveLifespans> {
    return this.of((await this.history.get(id, { actor, manager })).client);
  }

  /**
   * As {@link effective}, for a client that was already read.
   *
   * @param client the client, or its lifespans
   */
  of(client: Partial<TokenLifespans>): EffectiveLifespans {
    return effectiveLifespans(client, this.defaults);
  }

  /**
   * As {@link of}, as JSON text, for a client as it is stored. The text is cached for each version.
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
