import { guardedFetch, type OutboundOptions } from '../../http/outbound/guarded-fetch.js';
import { parseOrUndefined } from '../../json/json-text.js';
import { faultAt, OAuthError } from '../../oauth-error/oauth-error.js';
import type { ClientMetadata } from './client-metadata.js';

/** The members that are checked against a sector identifier document. */
export type Sector = Pick<ClientMetadata, 'sector_identifier_uri' | 'redirect_uris'>;

/**
 * Checks that the sector identifier document lists every redirect URI (OpenID Connect Registration §5). Fetching is slow,
 * so this runs after all other checks, and only when the members have changed.
 *
 * @param before the client as it is stored; `undefined` for a new client
 * @param fetchList returns the redirect URIs that the document lists, see {@link fetchRedirectUris}
 * @throws OAuthError 400 `invalid_client_metadata`
 */
export function requireSector(
  { sector_identifier_uri: uri, redirect_uris }: Sector,
  before: Sector | undefined,
  fetchList: (uri: string) => ReadonlySet<string>,
): void {
  const known = uri === before?.sector_identifier_uri ? new Set(before.redirect_uris) : undefined;
  if (!uri || (known && redirect_uris.every((redirect) => known.has(redirect)))) return;
  const listed = fetchList(uri);
  const missing = redirect_uris.findIndex((redirect) => !listed.has(redirect));
  if (missing >= 0)
    throw refusal(`must list every redirect URI: its document does not contain redirect_uris[${missing}]`);
}

/**
 * Fetches the redirect URIs that a sector identifier document lists: a JSON array of strings.
 *
 * @throws OAuthError 400 `invalid_client_metadata` when the document cannot be fetched or is not such an array; 503 when too many documents
 *   are being fetched
 */
export async function fetchRedirectUris(uri: string, outbound: OutboundOptions): Promise<ReadonlySet<string>> {
  const text = await guardedFetch(new URL(uri), outbound).catch((error: Error) => {
    throw error instanceof OAuthError ? error : refusal(`could not be fetched: ${error.message}`);
  });
  const list = parseOrUndefined(text);
  if (Array.isArray(list) && list.length > 0 && list.every((entry) => typeof entry === 'string')) return new Set(list);
  throw refusal('must point to a JSON array of redirect URIs');
}

function refusal(text: string): OAuthError {
  return OAuthError.invalidMetadata([faultAt(['sector_identifier_uri'], text)]);
}
