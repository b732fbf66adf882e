import { guardedFetch, type OutboundOptions } from '../http/guarded-fetch.js';
import { parseOrUndefined } from '../json/json-text.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import type { ClientMetadata } from './metadata/client-metadata.js';
import { oncePerKey } from './once-per-key.js';

type Sector = Pick<ClientMetadata, 'sector_identifier_uri' | 'redirect_uris'>;

/**
 * Fetches sector identifier documents and compares: one must be a JSON array that holds every redirect URI (OpenID
 * Connect Registration §5). Slow, so it runs after all other checks, once, and only when its inputs change.
 */
export class SectorIdentifier {
  private readonly fetchList: (uri: string) => Promise<Set<unknown>>;

  constructor(outbound: OutboundOptions) {
    this.fetchList = oncePerKey((uri) => fetchList(uri, outbound));
  }

  /**
   * @param before the client as it is stored, where it is
   * @throws OAuthError 400 `invalid_client_metadata`
   */
  async check({ sector_identifier_uri: uri, redirect_uris }: Sector, before?: Sector): Promise<void> {
    const known = uri === before?.sector_identifier_uri ? new Set(before.redirect_uris) : undefined;
    if (!uri || (known && redirect_uris.every((redirect) => known.has(redirect)))) return;
    const listed = await this.fetchList(uri);
    const missing = redirect_uris.findIndex((redirect) => !listed.has(redirect));
    if (missing >= 0) throw fault(`must list every redirect URI: redirect_uris[${missing}] is missing in its document`);
  }
}

async function fetchList(uri: string, outbound: OutboundOptions): Promise<Set<unknown>> {
  const text = await guardedFetch(new URL(uri), outbound).catch((error: Error) => {
    throw fault(`could not be fetched: ${error.message}`);
  });
  const list = parseOrUndefined(text);
  if (Array.isArray(list) && list.length > 0 && list.every((entry) => typeof entry === 'string')) return new Set(list);
  throw fault('must lead to a JSON array of redirect URIs');
}

function fault(text: string): OAuthError {
  return OAuthError.invalidMetadata([{ pointer: '/sector_identifier_uri', detail: `sector_identifier_uri ${text}.` }]);
}
