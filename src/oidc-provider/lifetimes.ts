import type { ClientLifespans } from '../clients/lifespans/client-lifespans.js';
import type { TokenKind } from '../clients/lifespans/effective-lifespans.js';
import { registeredClient } from './registered-clients.js';
import type { ProviderClient, ProviderRequest } from './provider-types.js';

/** Longest lifetime, in seconds: a hundred years. Not every database can store the date at which a longer one ends. */
const LONGEST = 3_155_760_000;
/** Shortest lifetime of a grant, in seconds: 14 days, the provider's own default. A grant lives longer if one of its tokens can. */
const SHORTEST_GRANT = 1_209_600;
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

/** The used part of a token of the provider. */
interface Token {
  /** The grant types that led to it, the first one first, separated by spaces. */
  gty?: string;
  isSenderConstrained?: () => boolean;
}

/** A lifetime of the provider's configuration, in seconds. */
type Lifetime = (request: ProviderRequest | undefined, token: Token, client?: ProviderClient) => number;

/** Returns lifetimes for the provider's `ttl`: tokens get the lifespans of their client in the registry. */
export function lifetimes(lifespans: ClientLifespans): Record<string, Lifetime> {
  const seconds = (client: object = {}, grant: string, kind: TokenKind): number => {
    const effective = lifespans.of(registeredClient(client) ?? {});
    // Grant types that have no lifespans in the registry get those of the authorization code grant.
    const lifespan = effective[grant]?.[kind] ?? effective['authorization_code']?.[kind];
    return Math.min(Math.max(lifespan?.seconds ?? 0, 1), LONGEST);
  };
  const longest = (client: object, kind: TokenKind) =>
    Math.max(...['authorization_code', 'refresh_token', DEVICE_CODE].map((grant) => seconds(client, grant, kind)));
  return {
    ClientCredentials: (_, _token, client) => seconds(client, 'client_credentials', 'access_token'),
    AccessToken: (_, token, client) => seconds(client, grantOf(token), 'access_token'),
    IdToken: (request, _token, client) => seconds(client, grantOfRequest(request), 'id_token'),
    RefreshToken: (request, token, client) => {
      const lifetime = seconds(client, grantOf(token), 'refresh_token');
      // Remaining lifetime of the refresh token that this one replaces.
      const rest = request?.oidc.entities.RotatedRefreshToken?.remainingTTL;
      // A thief of a public client's token must not be able to keep it alive by rotating it (RFC 9700 §4.14.2).
      const isFree =
        registeredClient(client ?? {})?.token_endpoint_auth_method === 'none' && !token.isSenderConstrained?.();
      return isFree && rest !== undefined ? Math.max(Math.min(lifetime, rest), 1) : lifetime;
    },
    Grant: (request, _grant, client) => {
      // The host creates a grant from a client id, so there may be no client.
      const of = client ?? request?.oidc.entities.Client ?? {};
      return Math.max(SHORTEST_GRANT, longest(of, 'access_token'), longest(of, 'refresh_token'));
    },
  };
}

/** Returns the `grant_type` that issued a token; the provider records a short name for the device grant. */
function grantOf({ gty = '' }: Token): string {
  const grant = gty.split(' ').at(-1) ?? '';
  return grant === 'device_code' ? DEVICE_CODE : grant;
}

/** Returns the `grant_type` of a request; outside the token endpoint, the implicit one. */
function grantOfRequest(request: ProviderRequest | undefined): string {
  const { grant_type: grant } = (request?.oidc.params ?? {}) as { grant_type?: string };
  return grant ?? 'implicit';
}
