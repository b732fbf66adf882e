import { isIP } from 'node:net';
import type { Rule } from '../../../fields/rule.js';
import { isPublic } from '../../../http/outbound/public-address.js';
import { faultAt, type Fault } from '../../../oauth-error/oauth-error.js';
import { taggedFieldsOf, type ClientMetadata } from '../client-metadata.js';
import { webHostOf } from '../values/uri.js';

/** The members whose URLs servers call or pages load by themselves. Not `sector_identifier_uri`: it is fetched and checked when it is set. */
const LOADED = [
  'logo_uri',
  'jwks_uri',
  'request_uris',
  'initiate_login_uri',
  'frontchannel_logout_uri',
  'backchannel_logout_uri',
  'backchannel_client_notification_endpoint',
] as const satisfies (keyof ClientMetadata)[];

const TEXT = 'must not point to this machine or into a private network';

function isPrivate(uri: unknown): boolean {
  const host = typeof uri === 'string' ? webHostOf(uri)?.replace(/\.$/, '') : undefined;
  if (host === undefined) return false;
  const literal = host.replaceAll(/[[\]]/g, '');
  return isIP(literal) ? !isPublic(literal) : /(^|\.)localhost$/.test(host);
}

/** Returns the URLs of a member, each with its index if the member is a list. */
function urlsOf(client: Partial<ClientMetadata>, name: keyof ClientMetadata): [url: unknown, at: number[]][] {
  const value: unknown = client[name];
  return Array.isArray(value) ? value.map((url: unknown, at) => [url, [at]]) : [[value, []]];
}

/**
 * Rejects URLs by which a stranger could lead a server or a browser to a host that only that server or browser can reach. Host names other
 * than `localhost` are checked when they are resolved.
 *
 * @param before the client as it is stored, which may keep its URLs. Default: a new client
 */
export function hostsArePublic(before: Partial<ClientMetadata> = {}): Rule<ClientMetadata> {
  const check = (client: ClientMetadata): Fault[] => {
    const logos = taggedFieldsOf(client).flatMap(({ name }) => (name.startsWith('logo_uri#') ? [name] : []));
    return [...LOADED, ...(logos as `logo_uri#${string}`[])].flatMap((name) => {
      const known = urlsOf(before, name).map(([url]) => url);
      const wrong = urlsOf(client, name).filter(([url]) => isPrivate(url) && !known.includes(url));
      return wrong.map(([, at]) => faultAt([name, ...at], TEXT));
    });
  };
  // The rule checks each URL by itself, so it is not skipped when another member is invalid.
  return { reads: [], check };
}
