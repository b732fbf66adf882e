import { Injectable } from '@nestjs/common';
import type { CallOptions } from '../../access/call-options.js';
import { ClientHistory } from '../history/client-history.js';
import type { TokenLifespans } from '../metadata/client-metadata.js';
import {
  defaultLifespans,
  effectiveLifespans,
  type DefaultLifespans,
  type EffectiveLifespans,
} from './effective-lifespans.js';
import { LifespanOptions } from './lifespan.options.js';

/** Tells authorization servers how long the tokens of clients live. */
@Injectable()
export class ClientLifespans {
  private readonly defaults: DefaultLifespans;

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
}
