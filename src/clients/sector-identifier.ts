import { guardedFetch, type OutboundOptions } from '../http/guarded-fetch.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import type { ClientMetadata } from './client-metadata.js';

/**
 * Fetches the sector identifier document and compares: it must be a JSON array that holds every redirect URI (OpenID
 * Connect Registration §5). Slow, so it runs after all other checks and only when there is something to fetch.
 *
 * @throws OAuthError 400 `invalid_client_metadata`
 */
export async function checkSectorIdentifier(metadata: ClientMetadata, outbound: OutboundOptions): Promise<void> {
  const { sector_identifier_uri: uri, redirect_uris } = metadata;
  if (!uri) return;
  const listed = await fetchList(uri, outbound);
  const missing = redirect_uris.findIndex((redirect) => !listed.has(redirect));
  if (missing >= 0) throw fault(`must list every redirect URI: redirect_uris[${missing}] is missing in its document`);
}

async function fetchList(uri: string, outbound: OutboundOptions): Promise<Set<unknown>> {
  const text = await guardedFetch(new URL(uri), outbound).catch((error: Error) => {
    throw fault(`could not be fetched: ${error.message}`);
  });
  const list = parse(text);
  if (Array.isArray(list) && list.length > 0 && list.every((entry) => typeof entry === 'string')) return new Set(list);
  throw fault('must lead to a JSON array of redirect URIs');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fault(text: string): OAuthError {
  return OAuthError.invalidMetadata([{ pointer: '/sector_identifier_uri', detail: `sector_identifier_uri ${text}.` }]);
}
