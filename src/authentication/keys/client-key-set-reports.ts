import { Injectable } from '@nestjs/common';
import type { CallOptions } from '../../access/call-options.js';
import { ClientHistory } from '../../clients/history/client-history.js';
import type { Jwk } from '../../clients/metadata/values/key-kinds.js';
import { keysOf } from '../../clients/metadata/values/key-set.js';
import type { ClientKeySetView, ClientKeyView } from './client-key-set.dto.js';
import { ClientKeySets } from './client-key-sets.js';

/** Longest member of a key that is shown, in characters, since a server can publish anything. */
const MAX_LENGTH = 255;
/** The members of a key that are shown. */
const SHOWN = ['kid', 'kty', 'use', 'alg'] as const satisfies (keyof ClientKeyView)[];

/** Reports what is known about the keys of clients. */
@Injectable()
export class ClientKeySetReports {
  /** @internal */
  constructor(
    private readonly history: ClientHistory,
    private readonly keySets: ClientKeySets,
  ) {}

  /**
   * Reports where the keys of a client come from, and which they are. For a `jwks_uri`, it reports what this process has cached and fetches
   * nothing: another process may have cached other keys.
   *
   * @param id the `client_id`
   * @param options the caller, and the transaction to read in
   * @throws OAuthError 404 for an unknown client
   */
  async of(id: string, { actor, manager }: CallOptions = {}): Promise<ClientKeySetView> {
    const { client } = await this.history.get(id, { actor, manager });
    if (client.jwks_uri) return this.fetched(client.jwks_uri);
    const keys = keysOf(client.jwks ?? {});
    return { source: keys.length > 0 ? 'jwks' : 'none', keys: keys.map(shown), ...NOT_FETCHED };
  }

  private fetched(url: string): ClientKeySetView {
    const { known = [], problem, times } = this.keySets.known(url) ?? {};
    return {
      source: 'jwks_uri',
      keys: known.map(shown),
      fetched_at: timeOf(times?.arrived),
      last_error: problem?.message ?? null,
      last_error_at: problem ? timeOf(times?.tried) : null,
    };
  }
}

const NOT_FETCHED = { fetched_at: null, last_error: null, last_error_at: null };

function timeOf(milliseconds = -Infinity): string | null {
  return Number.isFinite(milliseconds) ? new Date(milliseconds).toISOString() : null;
}

function shown(jwk: Jwk): ClientKeyView {
  const view: ClientKeyView = {};
  for (const name of SHOWN) {
    const value = jwk[name];
    if (typeof value === 'string' && value.length <= MAX_LENGTH) view[name] = value;
  }
  return view;
}
