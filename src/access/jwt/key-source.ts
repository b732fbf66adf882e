import type { JSONWebKeySet } from 'jose';
import { boundedGet } from '../../http/outbound/bounded-get.js';
import { isTrustworthyUrl } from '../../http/trustworthy-url.js';
import { parseOrUndefined } from '../../json/json-text.js';

/** Location of the public keys of a token issuer. */
export interface KeySource {
  /** URL of the issuer, whose metadata names the location of its keys; `''` for none. */
  issuer: string;
  /** URL of a JWK Set (RFC 7517 §5), which replaces the look-up in the issuer's metadata; `''` for none. */
  jwksUrl: string;
}

/** Time limit for one response, in milliseconds. */
const TIMEOUT = 3000;

/**
 * Fetches the public keys of an issuer. The operator configures the URLs, so they may lead to private addresses.
 *
 * @throws Error that says what could not be read and why
 */
export async function fetchKeys({ issuer, jwksUrl }: KeySource): Promise<JSONWebKeySet> {
  const url = jwksUrl || (await discoveredUrl(issuer));
  return (await readJson(url)) as JSONWebKeySet;
}

/** Returns the `jwks_uri` of an issuer, from OpenID Connect Discovery §4 or, if that fails, from RFC 8414 §3. */
async function discoveredUrl(issuer: string): Promise<string> {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const metadata = await readJson(`${origin}${path}/.well-known/openid-configuration`).catch((first: Error) =>
    readJson(`${origin}/.well-known/oauth-authorization-server${path}`).catch((second: Error) => {
      throw new Error(`${first.message} ${second.message}`);
    }),
  );
  const { issuer: named, jwks_uri: url } = metadata as Record<string, unknown>;
  // Without this check, one tenant of a server could impersonate another (RFC 8414 §3.3).
  if (named !== issuer) throw new Error(`The metadata of ${issuer} names another issuer.`);
  if (typeof url !== 'string' || !isTrustworthyUrl(url))
    throw new Error(`The metadata of ${issuer} has no jwks_uri with https.`);
  return url;
}

/** Fetches a JSON object. */
async function readJson(url: string): Promise<object> {
  const text = await boundedGet(new URL(url), { signal: AbortSignal.timeout(TIMEOUT) }).catch((error: Error) => {
    throw new Error(`${url} could not be fetched: ${error.message}.`);
  });
  const value = parseOrUndefined(text);
  if (typeof value === 'object' && value !== null) return value;
  throw new Error(`${url} is not a JSON object.`);
}
